/** What moves: messages into the tick, time into the tick, and after each commit its news to screen, people and stores. */

import type { Logger } from 'pino';
import type {
  ReadingWorkers,
  StoreState,
  Settlement,
} from '../gateway/forwarder/reading-workers.ts';
import type { Alarm } from '../domain/alarm.ts';
import type { RawMessage } from '../domain/intake.ts';
import { SECOND_MS, type Moment } from '../domain/time.ts';
import type { Cleanup } from './cleanup.ts';
import type { Core } from './core.ts';
import type { LiveFeed } from './live/feed.ts';
import { createNotifiers } from './notifiers.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { inWords, type BrokerPart, type StorePart } from './parts.ts';
import type { Settings } from './settings/settings.ts';
import type { Source } from './sources.ts';
import { createClockWatch } from './tick/clock-watch.ts';
import { settlementOf } from './tick/items.ts';
import type { TickNews } from './tick/news.ts';
import { Preparation } from './tick/prepare.ts';
import { Tick } from './tick/tick.ts';
import { createUnstored } from './unstored.ts';

const CLOCK_EVERY_MS = SECOND_MS;
/** A broker or store that is away for less than this raises no alarm. */
const TROUBLE_AFTER_MS = 10 * SECOND_MS;
const OUTBOX_STOP_WITHIN_MS = 3 * SECOND_MS;
/** So long after a jump without another one the clock counts as steady again. */
const CALM_AFTER_JUMP_MS = 600 * SECOND_MS;

export interface Motion {
  readonly tick: Tick;
  readonly outbox: Outbox;
  /** Stored and still open, and those that people were told of while nothing can be stored: a new screen shows both. */
  openAlarms(): readonly Alarm[];
  onMessage(raw: RawMessage, done: (error?: Error) => void): void;
  /** A message from the quarantine once more; `still`: nothing could be taken from it. */
  retry(raw: RawMessage): Promise<'taken' | 'still'>;
  onSettled(settlement: Settlement): void;
  onStoreState(state: StoreState): void;
  onBrokerPart(part: BrokerPart): void;
  brokerPart(): BrokerPart;
  /** `undefined` before it was asked for the first time. */
  readingsPart(): StorePart | undefined;
  clockJump(): { readonly at: Moment; readonly jumpMs: number } | undefined;
  useWorkers(workers: ReadingWorkers): void;
  useFeed(feed: LiveFeed): void;
  useSource(source: Source): void;
  /** Structure or limits changed: everything that holds them takes the new ones. */
  structureChanged(): void;
  liveClients(): number;
}

/** Parts that are made after the tick, because they need it. */
interface Late {
  workers?: ReadingWorkers;
  feed?: LiveFeed;
  source?: Source;
}

/** Makes tick and outbox and starts the clock. */
export function startMotion(q: {
  readonly core: Core;
  readonly settings: Settings;
  readonly log: Logger;
  readonly cleanup: Cleanup;
}): Motion {
  const { core, log } = q;
  const late: Late = {};
  const outbox = createOutbox({
    notifiers: createNotifiers({
      settings: q.settings,
      registry: () => core.structure.registry,
      source: () => late.source,
    }),
    commit: (puts) => tick.commit({ puts }),
    now: Date.now,
    log: log.child({ part: 'outbox' }),
    stillStands: (message) => isOpen(core, message),
  });
  const unstored = createUnstored({ outbox, feed: () => late.feed });
  const tick: Tick = new Tick({
    preparation: new Preparation({
      engine: core.engine,
      ledger: core.ledger,
      series: core.series,
      journal: core.journal,
      quarantine: core.quarantine,
      newId: core.newId,
      thinned: core.saved.thinned,
      steadyMs: () => performance.now(),
      snapshotOthers: () => [...core.intake.snapshot(), ...core.latest.snapshot()],
    }),
    store: core.store,
    ledger: core.ledger,
    reserve: core.reserve,
    now: Date.now,
    steadyMs: () => performance.now(),
    bornMs: 0,
    newId: core.newId,
    log: log.child({ part: 'tick' }),
    forget: (decoded) => core.intake.forget(decoded),
    committed: (news) => {
      unstored.stored();
      spread(news, { core, outbox, late });
    },
    tellUnstored: (news) => unstored.tell(news),
  });
  // In reverse: the outbox stops first, so that its last deliveries are still recorded.
  q.cleanup.add('tick', () => tick.close());
  q.cleanup.add('outbox', () => outbox.stop(OUTBOX_STOP_WITHIN_MS));
  outbox.restore(core.saved.outbox);
  const clock = startClock(tick, log);
  q.cleanup.add('clock', clock.stop);
  return {
    tick,
    outbox,
    clockJump: clock.jump,
    openAlarms: () => unstored.among(core.engine.openAlarms()),
    ...faces({ core, tick, late }),
  };
}

/** The faces that the other parts see; each keeps what it was last told. */
function faces(q: { readonly core: Core; readonly tick: Tick; readonly late: Late }) {
  const { core, tick, late } = q;
  let store: StorePart | undefined;
  const storeTrouble = createTrouble((detail) => tick.system('store-unreachable', detail));
  const brokerTrouble = createTrouble((detail) => tick.system('broker-unreachable', detail));
  return {
    onMessage: (raw: RawMessage, done: (error?: Error) => void) => {
      const decoded = core.intake.decode(raw);
      tick.message(decoded, done);
      const [refused] = decoded.quarantine;
      if (refused) late.source?.onRefused(raw, `${refused.topic}: ${refused.code}`);
    },
    retry: (raw: RawMessage) => retry(raw, core, tick),
    onSettled: (settlement: Settlement) => tick.settled(settlementOf(settlement)),
    onStoreState: (state: StoreState) => {
      store = state;
      storeTrouble(state.ok ? undefined : (state.why ?? 'no answer'));
    },
    onBrokerPart: (part: BrokerPart) => {
      brokerTrouble(part.ok ? undefined : part.detail);
    },
    brokerPart: (): BrokerPart =>
      late.source?.part() ?? { ok: false, ...inWords('尚未启动', 'not started') },
    readingsPart: () => store,
    useWorkers: (workers: ReadingWorkers) => {
      late.workers = workers;
      const { rows, next } = core.ledger;
      if (rows > 0) workers.poke(next - 1);
    },
    useFeed: (feed: LiveFeed) => {
      late.feed = feed;
    },
    useSource: (source: Source) => {
      late.source = source;
    },
    structureChanged: () => {
      const { registry } = core.structure;
      core.engine.reconfigure({ ...core.structure, plans: core.knowledge.plans });
      core.latest.reconfigure(registry);
      late.source?.resubscribe(registry);
      late.feed?.refresh();
    },
    liveClients: () => late.feed?.clients() ?? 0,
  };
}

function retry(raw: RawMessage, core: Core, tick: Tick): Promise<'taken' | 'still'> {
  const decoded = core.intake.decode(raw);
  const { readings, accessEvents, statuses, duplicates } = decoded;
  if (readings.length + accessEvents.length + statuses.length + duplicates === 0) {
    core.intake.forget(decoded);
    return Promise.resolve('still');
  }
  // Its entry is in the quarantine already.
  const taken = { ...decoded, quarantine: [] };
  return new Promise((resolve, reject) => {
    tick.message(taken, (error) => {
      if (error) reject(error);
      else resolve('taken');
    });
  });
}

/** After the commit, and only then. Alarms go first: nothing meant for climate data is before them. */
function spread(
  news: TickNews,
  to: { readonly core: Core; readonly outbox: Outbox; readonly late: Late },
): void {
  const { core, outbox, late } = to;
  for (const alarm of news.alarms) late.feed?.alarm(alarm);
  for (const incident of news.incidents) late.feed?.incident(incident);
  outbox.accept(news.outbox);
  for (const event of news.accessEvents) {
    core.latest.access(event);
    late.feed?.access(event);
  }
  for (const input of news.inputs) {
    if (input.kind === 'status') core.latest.status(input.status);
  }
  core.latest.readings(news.readings);
  if (news.spooledUpTo !== undefined) late.workers?.poke(news.spooledUpTo);
}

function isOpen(core: Core, message: { readonly alarm?: string; readonly incident?: string }) {
  if (message.incident !== undefined) {
    return core.engine.openIncidents().some((incident) => incident.id === message.incident);
  }
  if (message.alarm === undefined) return true;
  return core.engine.openAlarms().some((alarm) => alarm.id === message.alarm);
}

function startClock(tick: Tick, log: Logger) {
  let jump: { readonly at: Moment; readonly jumpMs: number } | undefined;
  let calmAtMs = Number.POSITIVE_INFINITY;
  const read = () => ({ wallAt: Date.now(), steadyMs: performance.now() });
  const watch = createClockWatch(read());
  const timer = setInterval(() => {
    const reading = read();
    const jumpMs = watch(reading);
    if (jumpMs !== 0) {
      jump = { at: reading.wallAt, jumpMs };
      calmAtMs = reading.steadyMs + CALM_AFTER_JUMP_MS;
      log.warn({ jumpMs }, 'the wall clock jumped');
      tick.clockShift(jumpMs);
      tick.system('clock-jump', `the clock jumped by ${Math.round(jumpMs / SECOND_MS)} s`);
    } else if (reading.steadyMs >= calmAtMs) {
      calmAtMs = Number.POSITIVE_INFINITY;
      jump = undefined;
      tick.system('clock-jump', undefined);
    }
    tick.clock();
  }, CLOCK_EVERY_MS);
  return { stop: () => clearInterval(timer), jump: () => jump };
}

/** Tells of a trouble once it has lasted, and of its end at once. */
function createTrouble(
  tell: (detail: string | undefined) => void,
): (detail: string | undefined) => void {
  let timer: NodeJS.Timeout | undefined;
  let isTold = false;
  let last = '';
  return (detail) => {
    if (detail !== undefined) {
      last = detail;
      timer ??= setTimeout(() => {
        isTold = true;
        tell(last);
      }, TROUBLE_AFTER_MS).unref();
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    if (isTold) tell(undefined);
    isTold = false;
  };
}
