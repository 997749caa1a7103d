/** What puts a terminal back into the state a person expects, whatever a program has left behind. */

/**
 * Leaves the alternate screen (1047, not 1049: that one moves the cursor even when there was none), then mouse, focus
 * and paste modes, cursor and keypad keys, wrap, insert, scrolling region, character sets, colours and their palette.
 * The cursor stays where it is: the region and the origin mode would move it, so it is kept around them.
 */
export const RESET_MODES = [
  '\x18\x1b[?1047l\x1b7\x1b[?6l\x1b[r\x1b8',
  '\x1b[?9;1000;1002;1003;1004;1005;1006;1015;1016l\x1b[?2004;2026l',
  '\x1b[?1l\x1b>\x1b[?5l\x1b[?7h\x1b[?25h\x1b[4l\x1b[20l\x1b[0 q',
  '\x0f\x1b(B\x1b[0m\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b]112\x07',
].join('');
