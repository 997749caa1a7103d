/**
 * Puts what ssh asks for one hop to a person, as questions that name the hop, and decides about host keys that are
 * vouched for. Must never answer anything by itself but a pinned fingerprint and a passphrase given before.
 */
import { fail } from '../../../contract/result.ts';
import type { Failure } from '../../../contract/result.ts';
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import { assertNever } from '../../../contract/result.ts';
import type { Ask, Hop } from '../connection.ts';
import type { Passphrases } from '../passphrases.ts';
import { cleanLine, cleanLines } from '../serverText.ts';
import { longestAnswer } from './askpass.ts';
import type { AskedText } from './askpass.ts';
import type { HopTrust } from './hopTrust.ts';
import { readPrompt } from './promptText.ts';
import type { AskedPrompt } from './promptText.ts';

export interface HopQuestionsOptions {
  readonly hop: Hop;
  readonly address: string;
  readonly ask: Ask;
  readonly trust: HopTrust;
  readonly passphrases: Passphrases;
  /** What ssh has said so far that is not debugging. */
  readonly said: () => readonly string[];
  /** The method that ssh is trying, or undefined before the login. */
  readonly method: () => string | undefined;
  /** What the server or ssh has said right before the question. */
  readonly recentWords: () => string;
}

/** An answer for ssh, or a failure that ends the attempt, or nothing because ssh does not wait any more. */
type Outcome = { readonly answer: string } | { readonly failure: Failure } | 'gone';

export class HopQuestions {
  readonly #options: HopQuestionsOptions;
  readonly #times = new Map<string, number>();
  #unlocked: { file: string; passphrase: string } | undefined;

  constructor(options: HopQuestionsOptions) {
    this.#options = options;
  }

  /** Answers one question; a failure means that the attempt has to end. Rejects when `ask` does. */
  async handle(asked: AskedText): Promise<Failure | undefined> {
    const outcome = await this.#outcome(asked);
    if (outcome === 'gone') return undefined;
    if ('failure' in outcome) return outcome.failure;
    await asked.answer(outcome.answer);
    return undefined;
  }

  /** A key has been accepted: the passphrase given last has opened it. */
  async keyAccepted(): Promise<void> {
    const unlocked = this.#unlocked;
    this.#unlocked = undefined;
    if (unlocked !== undefined) await this.#options.passphrases.keep(unlocked.file, unlocked.passphrase);
  }

  #outcome(asked: AskedText): Promise<Outcome> {
    const prompt = this.#recognise(asked);
    switch (prompt.kind) {
      case 'host-key':
        return this.#hostKey(prompt, asked);
      case 'passphrase':
        return this.#passphrase(prompt.file, asked);
      case 'password':
        return this.#text(asked, { kind: 'password', again: this.#again('password') });
      case 'pin':
        return this.#text(asked, {
          kind: 'pin',
          key: cleanLine(prompt.key, 120),
          again: this.#again(`pin ${prompt.key}`),
        });
      case 'touch':
        return this.#touch(prompt.key, asked);
      case 'server':
      case 'other':
        return this.#serverText(prompt.text, asked);
      default:
        return assertNever(prompt);
    }
  }

  /** Turns a question down to plain text when it is not this hop's: a ProxyCommand can ask with the same program. */
  #recognise(asked: AskedText): AskedPrompt {
    const { hop, method, trust } = this.#options;
    const prompt = readPrompt(asked.text, asked.hint);
    const other: AskedPrompt = { kind: 'other', text: asked.text };
    const account = `${hop.user}@${hop.hostKeyAlias ?? hop.host}`;
    switch (prompt.kind) {
      case 'host-key':
        return prompt.name.toLowerCase() === trust.name ? prompt : other;
      case 'password':
        return prompt.account === account ? prompt : other;
      case 'server':
        return prompt.account === account ? prompt : other;
      case 'passphrase':
        // Servers choose their prompts, and old clients show them as they are: never in place of a key's own.
        return method() === 'keyboard-interactive' || this.#identityNamed(prompt.file) === undefined
          ? other
          : prompt;
      case 'pin':
      case 'touch':
        return method() === 'keyboard-interactive' ? other : prompt;
      case 'other':
        return prompt;
      default:
        return assertNever(prompt);
    }
  }

  async #hostKey(prompt: Extract<AskedPrompt, { kind: 'host-key' }>, asked: AskedText): Promise<Outcome> {
    const { trust, address, ask, said } = this.#options;
    const shown = await trust.shownKey(prompt.keyType, prompt.fingerprint);
    const verdict = trust.judge(shown);
    if (verdict === 'accept') return { answer: shown.fingerprint };
    if (verdict !== 'ask') return { failure: verdict };
    // ssh asks about the plain key when the host's certificate is no good: that must not look like a new host.
    const refusal = trust.refusal(said(), shown);
    if (refusal !== undefined) return { failure: refusal };
    const answer = await ask(address, trust.question(shown), asked.gone);
    if (asked.gone.aborted) return 'gone';
    const declined = trust.answered(shown, answer);
    // The fingerprint instead of "yes": ssh compares it once more with the key it has.
    return declined === undefined ? { answer: shown.fingerprint } : { failure: declined };
  }

  async #passphrase(shownFile: string, asked: AskedText): Promise<Outcome> {
    const { passphrases } = this.#options;
    const file = this.#identityNamed(shownFile) ?? shownFile;
    const again = this.#again(`passphrase ${file}`);
    if (again) passphrases.drop(file);
    const kept = again ? undefined : await passphrases.get(file);
    const outcome =
      kept === undefined
        ? await this.#text(asked, { kind: 'passphrase', file, again: again && !this.#wasKept(file) })
        : { answer: kept };
    if (kept !== undefined) this.#times.set(`kept ${file}`, 1);
    else this.#times.delete(`kept ${file}`);
    if (outcome !== 'gone' && 'answer' in outcome) this.#unlocked = { file, passphrase: outcome.answer };
    return outcome;
  }

  /** The answer before this one was not given by the person but came from memory. */
  #wasKept(file: string): boolean {
    return this.#times.has(`kept ${file}`);
  }

  async #touch(key: string, asked: AskedText): Promise<Outcome> {
    const answer = await this.#options.ask(
      this.#options.address,
      { kind: 'touch-key', key: cleanLine(key, 120) },
      asked.gone,
    );
    if (asked.gone.aborted || answer.kind !== 'cancel') return 'gone';
    return { failure: this.#cancelled() };
  }

  #serverText(text: string, asked: AskedText): Promise<Outcome> {
    const lines = text.split(/\r\n|\r|\n/);
    const label = cleanLine(lines.pop() ?? '', 200);
    const instruction = cleanLines([this.#options.recentWords(), ...lines].join('\n'), 1000);
    // Whether the server wants the answer shown is not told by ssh: hidden is the safe one.
    return this.#text(asked, {
      kind: 'keyboard-interactive',
      title: '',
      instruction,
      fields: [{ label, echo: false }],
    });
  }

  async #text(asked: AskedText, question: PromptQuestion): Promise<Outcome> {
    const answer = await this.#options.ask(this.#options.address, question, asked.gone);
    if (asked.gone.aborted) return 'gone';
    const words = textOf(answer);
    if (words === undefined) return { failure: this.#cancelled() };
    if (/[\r\n\0]/.test(words) || Buffer.byteLength(words) > longestAnswer) {
      const message = `The answer for ${this.#options.address} cannot be given to ssh: it is longer than ${String(longestAnswer)} bytes or has several lines.`;
      return { failure: fail('bad-request', message, { hint: 'Nothing of it was sent.' }).error };
    }
    return { answer: words };
  }

  /** The identity file meant: ssh cuts the name in its prompt after 100 bytes. */
  #identityNamed(shown: string): string | undefined {
    const files = this.#options.hop.identityFiles;
    return (
      files.find((file) => file === shown) ??
      (Buffer.byteLength(shown) < 100
        ? undefined
        : files.find((file) => Buffer.from(file).subarray(0, 100).toString('utf8') === shown))
    );
  }

  #again(key: string): boolean {
    const times = this.#times.get(key) ?? 0;
    this.#times.set(key, times + 1);
    return times > 0;
  }

  #cancelled(): Failure {
    return fail('cancelled', `The login to ${this.#options.address} was cancelled.`, {
      hint: 'Connect again to be asked again.',
    }).error;
  }
}

function textOf(answer: PromptAnswer): string | undefined {
  return answer.kind === 'text' ? (answer.values[0] ?? '') : undefined;
}
