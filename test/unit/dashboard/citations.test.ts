import { describe, expect, it } from 'vitest';
import { clauseIn } from '../../../dashboard/src/logic/citations.ts';

describe('a clause on screen', () => {
  it.each([
    { clause: '4.1.6', zh: '4.1.6', en: '4.1.6' },
    { clause: '第四十四条 / article 44', zh: '第四十四条', en: 'article 44' },
    {
      clause: '表5.2.1 / table 5.2.1; 表1 / table 1',
      zh: '表5.2.1; 表1',
      en: 'table 5.2.1; table 1',
    },
  ])('$clause is told in one language', ({ clause, zh, en }) => {
    expect(clauseIn('zh-CN', clause)).toBe(zh);
    expect(clauseIn('en', clause)).toBe(en);
  });
});
