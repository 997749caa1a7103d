/** All text of the interface, in ICU MessageFormat. Sentence case, verbs first; a failure says what to do next. */
import { bundle } from './en/bundle.ts';
import { evidence } from './en/evidence.ts';
import { keys } from './en/keys.ts';
import { library } from './en/library.ts';
import { packages } from './en/packages.ts';
import { people } from './en/people.ts';
import { prompts } from './en/prompts.ts';
import { report } from './en/report.ts';
import { requests } from './en/requests.ts';
import { run } from './en/run.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { start } from './en/start.ts';
import { steps } from './en/steps.ts';
import { terminal } from './en/terminal.ts';
import { time } from './en/time.ts';
import { words } from './en/words.ts';

export const en = {
  ...shell,
  ...keys,
  ...time,
  ...words,
  ...library,
  ...start,
  ...run,
  ...steps,
  ...terminal,
  ...prompts,
  ...evidence,
  ...settings,
  ...people,
  ...packages,
  ...requests,
  ...bundle,
  ...report,
} as const;
