/** The rules as people see them: each with its sentence. */

import { describeRule, type RuleBook } from '../../alerts/index.ts';

/** The book with what each rule says in plain words. */
export function rulesView(book: RuleBook) {
  return {
    ...book,
    rules: book.rules.map((rule) => ({ ...rule, sentence: describeRule(rule) })),
  };
}
