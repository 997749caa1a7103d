/** Looks up interface text and fills it in (ICU MessageFormat). Text is never built by joining pieces. */
import { IntlMessageFormat } from 'intl-messageformat';
import { en } from './en.ts';

export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;

const formats = new Map<MessageKey, IntlMessageFormat>();

/** The text of `key` in the interface language. */
export function t(key: MessageKey, values?: MessageValues): string {
  let format = formats.get(key);
  if (format === undefined) {
    format = new IntlMessageFormat(en[key], 'en');
    formats.set(key, format);
  }
  return String(format.format(values === undefined ? {} : { ...values }));
}
