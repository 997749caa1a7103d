/** Version and build identity, put in by the build. */
declare const __HOLDPOINT_VERSION__: string | undefined;
declare const __HOLDPOINT_BUILD__: string | undefined;

export const VERSION = typeof __HOLDPOINT_VERSION__ === 'string' ? __HOLDPOINT_VERSION__ : '0.0.0-source';
export const BUILD = typeof __HOLDPOINT_BUILD__ === 'string' ? __HOLDPOINT_BUILD__ : 'source';
