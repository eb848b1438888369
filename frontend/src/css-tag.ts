/** Replaces Lit's module for styles in the build, without the fallbacks for older browsers. */

export function css(strings: readonly string[]): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(strings.join(""));
  return sheet;
}

export const getCompatibleStyle = (sheet: CSSStyleSheet): CSSStyleSheet => sheet;

export function adoptStyles(root: ShadowRoot, sheets: CSSStyleSheet[]): void {
  root.adoptedStyleSheets = sheets;
}

// Lit exports these again; they are not used.
export const supportsAdoptingStyleSheets = true;
export const CSSResult = undefined;
export const unsafeCSS = undefined;
