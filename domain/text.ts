/** A text for people, in both languages of the product; Chinese is the first. */
export interface LocalizedText {
  readonly zh: string;
  readonly en: string;
}

/** The languages the product speaks. */
export type Language = 'zh' | 'en';
