/** Ids for the parts of a draft, made from their titles and unique in it. */
const MAX_SLUG = 48;

export class Ids {
  private readonly phases = new Set<string>();
  private readonly steps = new Set<string>();
  private readonly next = new Map<string, number>();

  phase(title: string): string {
    return this.unique(slug(title) ?? 'section', this.phases, 'phase');
  }

  step(title: string): string {
    return this.unique(slug(title) ?? 'step', this.steps, 'step');
  }

  private unique(base: string, taken: Set<string>, kind: string): string {
    let n = this.next.get(`${kind} ${base}`) ?? 1;
    let id = n === 1 ? base : `${base}-${String(n)}`;
    while (taken.has(id)) id = `${base}-${String(++n)}`;
    this.next.set(`${kind} ${base}`, n + 1);
    taken.add(id);
    return id;
  }
}

/** Lower-case words joined by hyphens; null when nothing of the text can be one. */
export function slug(text: string): string | null {
  const words = text
    .slice(0, 400)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  return words === '' ? null : words;
}
