const MEDIA = ['paper', 'photo', 'film', 'tape', 'optical', 'magnetic', 'object'] as const;

/** The media that have words in the locales; others are shown as the repository file writes them. */
export function mediumKey(name: string): (typeof MEDIA)[number] | undefined {
  return MEDIA.find((medium) => medium === name);
}
