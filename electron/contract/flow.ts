/** Watermarks of the terminal stream, used on both ends (xterm.js flow-control guide; measured in docs/architecture). */

/** The page acknowledges each time this many bytes have been parsed. Must not be above LOW_WATER. */
export const ACK_BYTES = 8 * 1024;
/** Above this many unacknowledged bytes the host stops sending to the page. */
export const HIGH_WATER = 128 * 1024;
/** Below this many it goes on. */
export const LOW_WATER = 16 * 1024;
/** What waits for a slow page at the most. Beyond it the pane skips and says so; the record has every byte. */
export const BACKLOG_BYTES = 1024 * 1024;
