/** Texts, numbers and moments in the person's language and the repository's time zone. */

import { computed } from 'vue';
import type { Sentence } from '../../../domain/sentences.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { Moment } from '../../../domain/time.ts';
import { i18n, locale, type TextKey } from '../locales/index.ts';
import { ageParts, digitsOf, percent, unitOf } from '../logic/format.ts';
import { isBinary, isMetric } from '../logic/metrics.ts';
import { sentenceIn } from '../logic/sentences.ts';
import { useLive } from './live.ts';

const { repository } = useLive();
const zone = computed(() => repository.value?.timezone ?? 'Asia/Shanghai');

const DATE: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };
const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const MONTH_DAY: Intl.DateTimeFormatOptions = { month: '2-digit', day: '2-digit' };

// Making a formatter is slow, using one is fast; a change of language or zone makes new ones.
const formatters = computed(() => {
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale.value, { timeZone: zone.value, ...options });
  return {
    time: make(TIME),
    seconds: make({ ...TIME, second: '2-digit' }),
    date: make(DATE),
    dateTime: make({ ...DATE, ...TIME, second: '2-digit' }),
    short: make({ ...MONTH_DAY, ...TIME }),
    monthDay: make(MONTH_DAY),
  };
});
const exact = computed(() => new Intl.NumberFormat(locale.value, { maximumFractionDigits: 6 }));
const signed = computed(
  () =>
    new Intl.NumberFormat(locale.value, { maximumFractionDigits: 6, signDisplay: 'exceptZero' }),
);
const whole = computed(() => new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }));

/** A text of the locales by its typed key. */
export function t(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  // A text with forms for one and many, parted by a bar, goes by its `count`.
  const count = values['count'];
  if (typeof count === 'number') return i18n.global.t(key, values, count);
  return i18n.global.t(key, values);
}

/** A text that the server sends in both languages. */
function lt(text: LocalizedText | undefined): string {
  if (!text) return '';
  return locale.value === 'en' ? text.en || text.zh : text.zh || text.en;
}

/** Who did something: an account's name, or the system itself. */
function actor(name: string): string {
  return name === 'system' ? t('subject.system') : name;
}

function ago(ageMs: number): string {
  const { unit, count } = ageParts(ageMs);
  return t(`age.${unit}`, { count });
}

function span(spanMs: number): string {
  const { unit, count } = ageParts(spanMs);
  return t(`span.${unit}`, { count });
}

/** The number alone, with the metric's decimals. */
function figure(metric: string, value: number): string {
  const digits = digitsOf(metric);
  return value.toLocaleString(locale.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Number and unit. */
function measure(metric: string, value: number): string {
  const unit = unitOf(metric);
  return `${figure(metric, value)}${unit.length > 1 && unit !== '%/m' ? ' ' : ''}${unit}`;
}

/** A state in words, such as open or closed; of a quantity number and unit; of what is no metric of ours the number. */
function valueText(metric: string, value: number): string {
  if (isBinary(metric)) return t(`stateWord.${metric}.${value === 0 ? 'off' : 'on'}`);
  return isMetric(metric) ? measure(metric, value) : exact.value.format(value);
}

/** A correction with its sign, as exact as it was entered. */
function offsetText(metric: string, offset: number): string {
  const unit = unitOf(metric);
  return `${signed.value.format(offset)}${unit === '' ? '' : ' '}${unit}`;
}

/** The metric's name; a device's own name for what is no metric of ours. */
function metricName(metric: string): string {
  return isMetric(metric) ? t(`metric.${metric}`) : metric.replace(/^x\./, '');
}

/** A door event in words; what is none of ours as it is. */
function eventName(event: string): string {
  const key = `accessEvent.${event}`;
  return i18n.global.te(key) ? i18n.global.t(key) : event;
}

/** A sentence of the server in the person's language; as the server said it where the screen does not know it. */
function sentence(why: string, said: Sentence | undefined): string {
  return sentenceIn(i18n.global, why, said);
}

/** A bound as the standard writes it: no more decimals than it has. */
function bound(metric: string, value: number): string {
  return `${whole.value.format(value)}${unitOf(metric)}`;
}

export function useText() {
  return {
    t,
    lt,
    locale,
    actor,
    /** Several words in one line. */
    list: (words: readonly string[]) => words.join(locale.value === 'en' ? ', ' : '、'),
    ago,
    span,
    figure,
    measure,
    valueText,
    metricName,
    offsetText,
    eventName,
    sentence,
    bound,
    number: (value: number) => whole.value.format(value),
    /** So many decimals, no less and no more. */
    decimal: (value: number, digits: number) =>
      value.toLocaleString(locale.value, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
    /** All its decimals: a limit of 0.03 must not be shown as 0. */
    exactly: (value: number) => exact.value.format(value),
    percent,
    time: (at: Moment) => formatters.value.time.format(at),
    seconds: (at: Moment) => formatters.value.seconds.format(at),
    date: (at: Moment) => formatters.value.date.format(at),
    dateTime: (at: Moment) => formatters.value.dateTime.format(at),
    short: (at: Moment) => formatters.value.short.format(at),
    monthDay: (at: Moment) => formatters.value.monthDay.format(at),
    zone,
  };
}
