/**
 * Which questions of the remote side the terminal answers. Only device attributes (DA1) and cursor and status reports
 * are answered, because full-screen programs need them; every other reply would be typed into the shell by the remote.
 */
import type { IDisposable, IParser } from '@xterm/xterm';

function yes(): boolean {
  return true;
}

/** OSC numbers that are swallowed: titles, colour queries, hyperlinks, clipboard, notifications, images. */
export const inertOsc = [
  0, 1, 2, 4, 8, 9, 10, 11, 12, 13, 14, 17, 19, 21, 22, 52, 99, 133, 633, 777, 1337,
] as const;

/** Installs the blocks on a terminal's parser. */
export function blockReplies(parser: IParser): readonly IDisposable[] {
  return [
    // DA2, DA3, XTVERSION, DECRQM (ANSI and private), window reports.
    parser.registerCsiHandler({ prefix: '>', final: 'c' }, yes),
    parser.registerCsiHandler({ prefix: '=', final: 'c' }, yes),
    parser.registerCsiHandler({ prefix: '>', final: 'q' }, yes),
    parser.registerCsiHandler({ intermediates: '$', final: 'p' }, yes),
    parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, yes),
    parser.registerCsiHandler({ final: 't' }, yes),
    // DECRQSS and XTGETTCAP.
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, yes),
    parser.registerDcsHandler({ intermediates: '+', final: 'q' }, yes),
    ...inertOsc.map((code) => parser.registerOscHandler(code, yes)),
  ];
}
