/** What runs inside the page: each function stands alone, since it is sent there as its text. */

/** The texts that stand directly in the elements of a selector. */
export function ownTexts(selector: string): readonly string[] {
  return [...document.querySelectorAll(selector)]
    .filter((element) => !element.closest('select, .sheet'))
    .map((element) =>
      [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent?.trim() ?? '')
        .join(' ')
        .trim(),
    )
    .filter((text) => text !== '');
}

/** What is wider than its place: the page itself, or words of a control or a heading. */
export function sizeFailures(): readonly string[] {
  const failures: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth)
    failures.push(`the page scrolls sideways by ${scrollWidth - clientWidth} px`);
  for (const element of document.querySelectorAll('button, .button, h1, h2, .pill:not(summary)')) {
    const cut = element.scrollWidth - element.clientWidth;
    if (element.clientWidth > 0 && cut > 1) {
      failures.push(`"${element.textContent.trim().slice(0, 30)}" is cut by ${cut} px`);
    }
  }
  return failures;
}

/** Texts whose contrast against their ground is under WCAG AA: 4.5, or 3 for large ones. */
export function contrastFailures(): readonly string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const parse = (text: string): Colour => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (i: 0 | 1 | 2) => top[i] * top[3] + below[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const groundOf = (element: Element): Colour => {
    const layers: Colour[] = [];
    for (let at: Element | null = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1] as Colour);
  };
  const luminance = (colour: Colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  };
  const failures: string[] = [];
  for (const element of document.querySelectorAll('body *')) {
    const words = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent?.trim() ?? '')
      .join('');
    if (words === '' || element.closest('option, script, :disabled, .visually-hidden')) continue;
    if (element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = luminance(over(parse(style.color), ground));
    const paper = luminance(ground);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    const sizePx = Number.parseFloat(style.fontSize);
    const isLarge = sizePx >= 24 || (sizePx >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5))
      failures.push(`contrast ${ratio.toFixed(2)} of "${words.slice(0, 30)}"`);
  }
  return failures;
}
