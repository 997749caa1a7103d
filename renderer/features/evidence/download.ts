/** Offers bytes to the person as a file. */

export function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

export function saveBase64(name: string, base64: string): void {
  const url = URL.createObjectURL(new Blob([fromBase64(base64)], { type: 'application/zip' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has the bytes once it has begun; the address is only needed for that.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
