/** How the data names what no standard says: the repository's own proposal. */
export const OWN_STANDARD = '本馆自定';

/** A clause is written `表1 / table 1`, several of them parted by `; `: the half that is in the language. */
export function clauseIn(locale: string, clause: string): string {
  return clause
    .split('; ')
    .map((part) => {
      const [chinese = part, english = part] = part.split(' / ');
      return locale === 'en' ? english : chinese;
    })
    .join('; ');
}
