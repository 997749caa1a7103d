/**
 * Assembles functions, written in a small part of the text format of WebAssembly with operands in place, to a module
 * that brings its own memory. Knows only the instructions it is used for; section numbers are of the core specification
 * 2.0. Never runs anything, and takes no text from outside: what is wrong in a text is a fault of the program.
 */

/** Which type a parameter or a local has. */
export type WasmType = keyof typeof TYPES;

export interface WasmFunction {
  readonly params: Readonly<Record<string, WasmType>>;
  readonly locals: Readonly<Record<string, WasmType>>;
  /**
   * Its body. `$name` is the value of a local, an integer an i32; `(set $name value)`, `(if condition then…)`,
   * `(block $label …)`, `(loop $label …)`, `(br $label)`, `(br_if $label condition)`; all else as `(instruction operand…)`,
   * a load or store with its constant offset as the first of them. The last value is the i32 that it gives back.
   */
  readonly body: string;
}

type Code = readonly number[];
type Expression = string | readonly Expression[];

// §5.3.1, §5.3.2
const TYPES = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const;
const NO_VALUE = 0x40;

// §5.4.3, §5.4.6 – §5.4.8
const MEMORY: Readonly<Record<string, Code>> = {
  'i32.load': [0x28],
  'i32.load8_u': [0x2d],
  'i32.load16_u': [0x2f],
  'f64.load': [0x2b],
  'i32.store': [0x36],
  'f64.store': [0x39],
  'v128.load': [0xfd, 0x00],
  'v128.store': [0xfd, 0x0b],
};
const PLAIN: Readonly<Record<string, Code>> = {
  'i32.eqz': [0x45],
  'i32.eq': [0x46],
  'i32.ne': [0x47],
  'i32.lt_u': [0x49],
  'i32.gt_u': [0x4b],
  'i32.le_u': [0x4d],
  'i32.ge_u': [0x4f],
  'i32.ctz': [0x68],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.and': [0x71],
  'i32.or': [0x72],
  'i32.shl': [0x74],
  'i64.eqz': [0x50],
  'i64.ctz': [0x7a],
  'i64.and': [0x83],
  'i64.or': [0x84],
  'i64.shl': [0x86],
  'i32.wrap_i64': [0xa7],
  'i64.extend_i32_u': [0xad],
  'f64.ge': [0x66],
  'f64.add': [0xa0],
  'f64.mul': [0xa2],
  'f64.div': [0xa3],
  'f64.convert_i32_u': [0xb8],
  'i8x16.splat': [0xfd, 0x0f],
  'i8x16.eq': [0xfd, 0x23],
  'i8x16.lt_s': [0xfd, 0x25],
  'v128.or': [0xfd, 0x50],
  'v128.xor': [0xfd, 0x51],
  'i8x16.bitmask': [0xfd, 0x64],
};

export const PAGE_BYTES = 65536;

/** The binary of a module that exports each function under its name, and `pages` of 64 KiB as `memory`. */
export function assemble(
  functions: Readonly<Record<string, WasmFunction>>,
  pages: number,
): Uint8Array<ArrayBuffer> {
  const all = Object.values(functions);
  const exported = Object.keys(functions).map((name, index) => [...sized(ascii(name)), 0, index]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, ...all.map(({ params }) => [0x60, ...sized(typesOf(params)), ...sized([TYPES.i32])])),
    ...section(3, ...all.map((_, index) => [index])),
    ...section(5, [1, ...unsigned(pages), ...unsigned(pages)]),
    ...section(7, ...exported, [...sized(ascii('memory')), 2, 0]),
    ...section(10, ...all.map((one) => sized(codeOf(one)))),
  ]);
}

function codeOf({ params, locals, body }: WasmFunction): Code {
  const names = [...Object.keys(params), ...Object.keys(locals)];
  const code = [...list(typesOf(locals).map((type) => [1, type]))];
  for (const part of parse(body)) emit(code, part, names, []);
  return [...code, 0x0b];
}

function typesOf(names: Readonly<Record<string, WasmType>>): Code {
  return Object.values(names).map((type) => TYPES[type]);
}

/** §5.5.2 */
function section(id: number, ...entries: readonly Code[]): Code {
  return [id, ...sized(list(entries))];
}

function list(entries: readonly Code[]): Code {
  return [...unsigned(entries.length), ...entries.flat()];
}

function sized(code: Code): Code {
  return [...unsigned(code.length), ...code];
}

function ascii(text: string): Code {
  return Array.from(text, (c) => c.charCodeAt(0));
}

/** LEB128 (§5.2.2). */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}

/** Appends to `to` what an expression is in binary. `labels`: those around it, the innermost first. */
function emit(to: number[], part: Expression, names: readonly string[], labels: readonly string[]): void {
  if (typeof part === 'string') {
    if (part.startsWith('$')) to.push(0x20, placeOf(part, names));
    else to.push(0x41, ...signed(Number(part) | 0));
    return;
  }
  const head = String(part[0]);
  const name = String(part[1]);
  const parts = (from: number, count = part.length, inner = labels) => {
    for (const each of part.slice(from, count)) emit(to, each, names, inner);
  };
  switch (head) {
    case 'set':
      parts(2);
      to.push(0x21, placeOf(name, names));
      return;
    case 'i64':
      to.push(0x42, ...signed(Number(name)));
      return;
    case 'f64':
      to.push(0x44, ...new Uint8Array(Float64Array.of(Number(name)).buffer));
      return;
    case 'block':
    case 'loop':
      to.push(head === 'block' ? 0x02 : 0x03, NO_VALUE);
      parts(2, part.length, [name, ...labels]);
      to.push(0x0b);
      return;
    case 'if':
      parts(1, 2);
      to.push(0x04, NO_VALUE);
      parts(2, part.length, ['', ...labels]);
      to.push(0x0b);
      return;
    case 'br':
      to.push(0x0c, placeOf(name, labels));
      return;
    case 'br_if':
      parts(2);
      to.push(0x0d, placeOf(name, labels));
      return;
    default:
      parts(head in MEMORY ? 2 : 1);
      to.push(...instruction(head, name));
  }
}

function instruction(name: string, offset: string): Code {
  const memory = MEMORY[name];
  if (memory !== undefined) return [...memory, 0, ...unsigned(Number(offset))];
  const plain = PLAIN[name];
  if (plain === undefined) throw new Error(`no such instruction: ${name}`);
  return plain;
}

function placeOf(name: string, names: readonly string[]): number {
  const place = names.indexOf(name);
  if (place < 0) throw new Error(`not declared: ${name}`);
  return place;
}

function parse(text: string): readonly Expression[] {
  const stack: Expression[][] = [[]];
  for (const token of text.match(/[()]|[^\s()]+/g) ?? []) {
    if (token === '(') stack.push([]);
    else if (token !== ')') stack.at(-1)?.push(token);
    else {
      const done = stack.pop();
      if (done !== undefined) stack.at(-1)?.push(done);
    }
  }
  return stack[0] ?? [];
}
