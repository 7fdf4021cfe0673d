const APPENDED = 'this.shadowRoot.appendChild(c), this._pre';
const ADOPTED =
  'this.shadowRoot.adoptedStyleSheets = [((sheet) => (sheet.replaceSync(c.textContent), sheet))(new CSSStyleSheet())], this._pre';

/**
 * number-flow styles its shadow root by a `<style>`, which the board's Content-Security-Policy forbids. Here it adopts a
 * style sheet instead. Fails when the library has changed and this does not fit it any more.
 */
export function numberFlowStyles() {
  return {
    name: 'number-flow-styles',
    transform(code, id) {
      if (!/number-flow[\\/]dist[\\/]lite\.mjs/.test(id)) return undefined;
      if (code.split(APPENDED).length !== 2)
        this.error('number-flow styles itself in another way now: see build/number-flow-styles.mjs');
      return { code: code.replace(APPENDED, ADOPTED), map: null };
    },
  };
}
