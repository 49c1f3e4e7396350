/** Entries of the standards packs in words. */

import { computed } from 'vue';
import type { StandardsEntry, StandardsPackView } from '../../../domain/standards.ts';
import { api } from '../api/client.ts';
import { figuresOf } from '../logic/standard-figures.ts';
import { useAsked } from './request.ts';
import { useText } from './text.ts';

/** The answer of `/standards`: all packs, and the names of the classes of rooms. */
export interface StandardsAnswer {
  readonly default: readonly string[];
  readonly items: readonly StandardsPackView[];
  readonly classes: readonly {
    readonly class: string;
    readonly name: { readonly zh: string; readonly en: string };
  }[];
}

export function useStandardsWords() {
  const words = useText();
  const { lt, metricName } = words;

  function subject(entry: StandardsEntry): string {
    if (entry.what) return lt(entry.what);
    if (entry.substance) return lt(entry.substance);
    return entry.metric === undefined ? '' : metricName(entry.metric);
  }

  const figures = (entry: StandardsEntry): string => figuresOf(entry, words);

  /** The pack's name, and of its classes those that are named. */
  function packName(pack: Pick<StandardsPackView, 'name' | 'classes'>): string {
    return [lt(pack.name), ...pack.classes.map((one) => lt(one.name))].join(' · ');
  }

  return { subject, figures, packName };
}

/** Everything that a room may be made to keep to, by the name that the server knows: a pack, or each of its classes. */
export function useStandardsChoices() {
  const { packName } = useStandardsWords();
  const { data, failure } = useAsked(() => api.get<StandardsAnswer>('/standards'));
  const packs = computed(() => data.value?.items);
  const choices = computed(
    () =>
      new Map(
        (packs.value ?? []).flatMap((pack): (readonly [string, string])[] =>
          pack.classes.length === 0
            ? [[pack.id, packName(pack)]]
            : pack.classes.map((one) => [
                `${pack.id}:${one.id}`,
                packName({ name: pack.name, classes: [one] }),
              ]),
        ),
      ),
  );
  const wordOf = (id: string): string => choices.value.get(id) ?? id;
  return { packs, choices, wordOf, failure };
}
