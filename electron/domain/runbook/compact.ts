/** Optional fields that are left out instead of set to undefined. */

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without the keys whose value is undefined. */
export function compact<T extends object>(object: T): Compact<T> {
  // The filter does what the type says; TypeScript cannot follow it through Object.entries.
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Compact<T>;
}
