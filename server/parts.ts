/** Each part's state, for readiness, the screen and alarms. */

import type { PartState } from '../domain/api.ts';
import { SPOOL_BYTES_MAX } from '../domain/bounds.ts';
import type { LocalizedText } from '../domain/text.ts';
import { SECOND_MS, type Moment } from '../domain/time.ts';
import type { OutboxState } from './outbox.ts';
import type { TickFigures } from './tick/news.ts';

/** A message that waits longer than this makes the outbox not ready. */
const OUTBOX_WAIT_MS_MAX = 60 * SECOND_MS;

export type BrokerPart = Omit<PartState, 'part'>;

export interface StorePart {
  readonly ok: boolean;
  readonly name: string;
  readonly why?: string;
}

export interface PartsSources {
  readonly broker: () => BrokerPart;
  readonly readings: () => StorePart | undefined;
  readonly tick: () => TickFigures;
  /** Why the state store could not be opened since the start; `undefined`: it is open. */
  readonly refusal: () => string | undefined;
  readonly outbox: () => OutboxState;
  /** By how much the wall clock jumped last, and when. */
  readonly clockJump: () => { readonly at: Moment; readonly jumpMs: number } | undefined;
  readonly now: () => Moment;
}

/** All parts, in the order in which a message meets them. */
export function partStates(sources: PartsSources): readonly PartState[] {
  const figures = sources.tick();
  return [
    { part: 'broker', ...sources.broker() },
    statePart(figures, sources.refusal()),
    spoolPart(figures),
    readingsPart(sources.readings()),
    outboxPart(sources.outbox(), sources.now()),
    clockPart(sources.clockJump()),
  ];
}

/** A part's words: English is the detail, both languages are for people. */
export function inWords(zh: string, en: string): Pick<PartState, 'detail' | 'text'> {
  return { detail: en, text: { zh, en } };
}

function statePart(figures: TickFigures, refusal: string | undefined): PartState {
  if (refusal !== undefined) {
    return {
      part: 'state',
      ok: false,
      ...inWords(
        `启动以来什么都存不下（${refusal}）；火警、水警和入侵仍会通知，注明“未入库”；请腾出磁盘空间，或使数据目录可以写入，之后会自动恢复正常`,
        `nothing could be stored since the start (${refusal}); fire, water and intrusion are still told, marked "not stored"; make room on the disk or let the data folder be written, and it becomes normal by itself`,
      ),
    };
  }
  if (figures.failingSince === undefined) {
    return { part: 'state', ok: true, ...inWords('正常提交', 'commits') };
  }
  const error = figures.lastError ?? '';
  return {
    part: 'state',
    ok: false,
    ...inWords(`什么都没有存下：${error}`, `nothing is stored: ${error}`),
  };
}

function spoolPart(figures: TickFigures): PartState {
  const share = Math.round((100 * figures.spoolBytes) / SPOOL_BYTES_MAX);
  const waiting: LocalizedText = {
    zh: `待转存 ${figures.spoolRows} 行，占上限 ${share} %`,
    en: `${figures.spoolRows} rows, ${share} % of its bound`,
  };
  if (!figures.thinning) return { part: 'spool', ok: true, ...inWords(waiting.zh, waiting.en) };
  return {
    part: 'spool',
    ok: false,
    ...inWords(`环境读数已抽稀；${waiting.zh}`, `climate readings are thinned; ${waiting.en}`),
  };
}

function readingsPart(store: StorePart | undefined): PartState {
  if (!store) return { part: 'readings', ok: true, ...inWords('尚未询问', 'not asked yet') };
  const { ok, name, why } = store;
  if (why !== undefined) {
    return { part: 'readings', ok, ...inWords(`读数库无法使用：${why}`, why) };
  }
  return { part: 'readings', ok, ...inWords(name, name) };
}

function outboxPart(state: OutboxState, now: Moment): PartState {
  const late = state.oldest !== undefined && now - state.oldest > OUTBOX_WAIT_MS_MAX;
  return {
    part: 'outbox',
    ok: !late,
    ...inWords(`${state.pending} 条待发`, `${state.pending} waiting`),
  };
}

/** A jump stays visible for a while: what happened around it needs a second look. */
function clockPart(jump: { readonly jumpMs: number } | undefined): PartState {
  if (!jump) return { part: 'clock', ok: true, ...inWords('平稳', 'steady') };
  const seconds = Math.round(jump.jumpMs / SECOND_MS);
  return { part: 'clock', ok: false, ...inWords(`跳变 ${seconds} 秒`, `jumped by ${seconds} s`) };
}
