import { setApiKey, useIsKeyUnknown } from '../api/api-key';
import { Word } from './word';

/** With a key that nobody knows, even what is public is refused. */
export function UnknownKey() {
  if (!useIsKeyUnknown()) return null;
  return (
    <Word>
      <span>The key of this tab is not known, or it was revoked: nothing is answered with it.</span>
      <button type="button" onClick={() => setApiKey(null)}>
        Forget the key
      </button>
    </Word>
  );
}
