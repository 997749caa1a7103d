/** The text of a file that the run keeps (a message, a difference), read from the host only when somebody asks for it. */
import { useState, type ReactElement } from 'react';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { FileRef } from '../../../electron/contract/records.ts';
import type { Failure } from '../../../electron/contract/result.ts';
import { useApp } from '../../state/useApp.ts';
import { FailureNote } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { fromBase64 } from '../../ui/save.ts';
import { shown } from '../bundle/fileText.ts';

export function KeptText(props: {
  readonly runId: RunId;
  readonly file: FileRef;
  readonly show: string;
  readonly hide: string;
  readonly label: string;
  /** Lines of a unified difference are marked. */
  readonly diff?: true;
}): ReactElement {
  const { client } = useApp();
  const [text, setText] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const read = (): void => {
    setFailure(null);
    if (text !== null) {
      setText(null);
      return;
    }
    void client.call('run.file', { runId: props.runId, path: props.file.file }).then((answer) => {
      if (answer.ok) setText(shown(fromBase64(answer.value.base64)).text);
      else setFailure(answer.error);
    });
  };
  return (
    <div className="kept">
      <Button onPress={read}>{text === null ? props.show : props.hide}</Button>
      {failure !== null && <FailureNote failure={failure} />}
      {text !== null && (
        <div className="diff" tabIndex={0} role="region" aria-label={props.label}>
          {text
            .replace(/\n$/, '')
            .split('\n')
            .map((line, index) => (
              <p key={index} className={props.diff === true ? lineClass(line) : 'diff__text'}>
                {props.diff === true && isMarked(line) ? (
                  <>
                    <span className="diff__sign">{line.slice(0, 1)}</span>
                    <span>{line.slice(1)}</span>
                  </>
                ) : (
                  line
                )}
              </p>
            ))}
        </div>
      )}
    </div>
  );
}

function isMarked(line: string): boolean {
  return lineClass(line) !== 'diff__hidden';
}

function lineClass(line: string): string {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('@@')) return 'diff__hidden';
  if (line.startsWith('+')) return 'diff__line diff__line--right';
  return line.startsWith('-') ? 'diff__line diff__line--left' : 'diff__line diff__line--same';
}
