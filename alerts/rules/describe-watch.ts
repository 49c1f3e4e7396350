/** The conditions of rules by the minute, and of who passes a door, in words. */

import type { LocalizedText } from '../../domain/text.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { WatchRule } from './watch-rules.ts';
import { lasting, text } from './words.ts';

export function describeWatch(rule: WatchRule): LocalizedText {
  return lasting(conditionOf(rule), rule.onDelaySeconds);
}

function conditionOf(rule: WatchRule): LocalizedText {
  switch (rule.kind) {
    case 'passback':
      return text(
        '同一人或卡未出先进、或未进先出',
        'Person or card in while in, or out while not in',
      );
    case 'two-persons':
      return text('须双人在场的库房内只有一人', 'One person alone in a room that asks for two');
    case 'escort':
      return text('外来人员无馆员陪同在库房内', 'Contractor inside without any of the staff');
    case 'still-inside':
      return text('非开放时间库房内仍有人', 'Somebody inside out of opening hours');
    default:
      return unreachable(rule);
  }
}
