/** The files of a bundle. Text is shown harmless and a part at a time; anything else as its bytes. */
import { useRef, useState, type ReactElement } from 'react';
import type { BundleView } from '../../../electron/contract/views.ts';
import { size } from '../../format/units.ts';
import { t } from '../../i18n/t.ts';
import { FailureNote, Loading } from '../../ui/bits.tsx';
import { Button } from '../../ui/Button.tsx';
import { useRoving } from '../../ui/useRoving.ts';
import { PART } from './fileText.ts';
import { useText } from './useText.ts';

type File = BundleView['files'][number];

export function FilesTab({ bundle }: { readonly bundle: BundleView }): ReactElement {
  const [path, setPath] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const { files } = bundle;
  const onKeyDown = useRoving(list, (index) => {
    setPath(files[index]?.path ?? null);
  });
  const file = files.find((each) => each.path === path);
  return (
    <div className="split">
      <section className="split__list" data-region tabIndex={-1} aria-label={t('files.list')}>
        <ul ref={list} onKeyDown={onKeyDown}>
          {files.map((each, index) => (
            <li key={each.path}>
              <button
                type="button"
                data-item
                className="split__row"
                tabIndex={each.path === path || (path === null && index === 0) ? 0 : -1}
                aria-current={each.path === path}
                onClick={() => {
                  setPath(each.path);
                }}
              >
                <span className="mono split__name">{each.path}</span>
                <span className="tnum dim">{size(each.bytes)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {file === undefined ? (
        <p className="split__none dim">{t('files.pick')}</p>
      ) : (
        <FileView key={file.path} id={bundle.id} file={file} />
      )}
    </div>
  );
}

function FileView({ id, file }: { readonly id: string; readonly file: File }): ReactElement {
  const [from, setFrom] = useState(0);
  const { value, failure } = useText(id, file, from, PART);
  const to = Math.min(file.bytes, from + PART);
  return (
    <section className="split__main" data-region tabIndex={-1} aria-label={file.path}>
      <p className="meta">
        <span className="mono">{file.path}</span>
        <span className="mono">{t('sha256.short', { digest: file.sha256 })}</span>
      </p>
      {failure !== null && <FailureNote failure={failure} />}
      {file.bytes === 0 && <p className="dim">{t('files.empty')}</p>}
      {value === null && failure === null && file.bytes > 0 && <Loading />}
      {value !== null && file.bytes > 0 && (
        <>
          <pre
            className="filetext"
            tabIndex={0}
            role="region"
            aria-label={t('files.text', { path: file.path })}
          >
            {value.text}
          </pre>
          <p className="split__foot dim">
            <span>{t(value.kind === 'hex' ? 'files.hex' : 'files.inert')}</span>
            {file.bytes > PART && (
              <>
                <span className="tnum">
                  {t('files.part', { from: size(from), to: size(to), of: size(file.bytes) })}
                </span>
                <Button
                  disabled={to >= file.bytes}
                  onPress={() => {
                    setFrom(to);
                  }}
                >
                  {t('files.more')}
                </Button>
              </>
            )}
          </p>
        </>
      )}
    </section>
  );
}
