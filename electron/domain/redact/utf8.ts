/** UTF-8 for the redactor, which must run where no encoder is at hand. Lone surrogates become U+FFFD. */

export function utf8Bytes(text: string): Uint8Array {
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (point < 0x80) out.push(point);
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000)
      out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else {
      const low = 0x80 | (point & 0x3f);
      out.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), low);
    }
  }
  return Uint8Array.from(out);
}

/** Text of bytes that are UTF-8; a byte that is not becomes U+FFFD. */
export function utf8Text(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i] ?? 0;
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : -1;
    const rest = bytes.subarray(i + 1, i + 1 + more);
    if (more < 0 || rest.length < more || !rest.every((byte) => (byte & 0xc0) === 0x80)) {
      text += '\ufffd';
      i += 1;
      continue;
    }
    let point = more === 0 ? first : first & (0x3f >> more);
    for (const byte of rest) point = (point << 6) | (byte & 0x3f);
    text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
    i += 1 + more;
  }
  return text;
}
