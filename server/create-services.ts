/** The services that routes, feed and jobs use, over the parts that are running. */

import type { Logger } from 'pino';
import {
  catalogueOf,
  createLimitBook,
  guardOf,
  limitsInForce,
  type LimitBook,
} from '../alerts/index.ts';
import type { ReadingWorkers } from '../gateway/forwarder/reading-workers.ts';
import type { PartState } from '../domain/api.ts';
import type { RoomClass } from '../domain/registry.ts';
import type { LocalizedText } from '../domain/text.ts';
import type { Backtests } from './backtests/backtest-types.ts';
import { makeAssessment, shippedKnowledge } from './assessments/make.ts';
import type { Core } from './core.ts';
import type { SimulatorsProcess } from './demonstration.ts';
import { createDeviceServices } from './device-services.ts';
import type { Motion } from './motion.ts';
import { partStates } from './parts.ts';
import { tryRules } from './rule-trial.ts';
import type { Demonstration, Services } from './services.ts';
import type { Settings } from './settings/settings.ts';
import { loadStructure, type Structure } from './structure.ts';
import { createLiveView } from './view/live-view.ts';
import { rulesView } from './view/rules-view.ts';
import { roomStandards, standardsView } from './view/standards-view.ts';

export interface ServicesParts {
  readonly core: Core;
  readonly motion: Motion;
  readonly workers: ReadingWorkers;
  readonly backtests: Backtests;
  readonly settings: Settings;
  readonly log: Logger;
  /** Filled once the simulators are started. */
  readonly simulators: { process?: SimulatorsProcess };
}

/** The services; all reads are of the state after the last commit. */
export function createServices(parts: ServicesParts): Services {
  const { core, motion, workers, log, settings } = parts;
  const { structure, knowledge, engine } = core;
  const { inForce, ...standards } = standardsServices(core);
  const services: Services = {
    log,
    now: Date.now,
    queries: core.queries,
    writer: {
      command: (command) => motion.tick.command(command),
      commit: (change) => motion.tick.commit(change),
      reconfigure: async () => {
        Object.assign(structure, loadStructure(core.reader));
        motion.structureChanged();
      },
    },
    live: createLiveView({
      latest: core.latest,
      registry: () => structure.registry,
      openAlarms: () => motion.openAlarms(),
      openIncidents: () => engine.openIncidents(),
      accumulationOf: (sensor) => engine.accumulationOf(sensor),
      sensorTrust: () => engine.sensorTrust(Date.now()),
      limitsInForce: inForce,
      outOfService: () => structure.outOfService.filter((fact) => !fact.returned),
      className: (roomClass) => nameOf(knowledge, roomClass),
      parts: () => partsOf(parts),
      demonstration: settings.simulate,
      now: Date.now,
    }),
    readings: workers,
    registry: () => structure.registry,
    devices: createDeviceServices({
      registry: () => structure.registry,
      unknown: core.unknown,
      lists: core.lists,
      onMessage: motion.onMessage,
      retry: (raw) => motion.retry(raw),
    }),
    limitsInForce: inForce,
    backtests: parts.backtests,
    plans: knowledge.plans,
    rule: (id) => knowledge.rules.rules.find((rule) => rule.id === id),
    tryRules: (q) => tryRules({ knowledge, structure, now: Date.now() }, q),
    guardOf: (about) => guardOf(knowledge.rules, structure.registry, about),
    rules: rulesView(knowledge.rules),
    ...standards,
    get indicators() {
      return shippedKnowledge().indicators;
    },
    testChannel: (q) => motion.outbox.testChannel(q),
    makeAssessment: (q) => makeAssessment({ ...q, services }),
    // The tick's own figures are in the registry that HTTP writes out.
    metricsText: () => '',
    newId: core.newId,
    ...(settings.simulate ? { demonstration: demonstrationOf(parts) } : {}),
  };
  return services;
}

function partsOf({ core, motion }: ServicesParts): readonly PartState[] {
  return partStates({
    broker: motion.brokerPart,
    readings: motion.readingsPart,
    tick: () => motion.tick.figures(),
    refusal: () => core.store.refusal(),
    outbox: () => motion.outbox.state(),
    clockJump: motion.clockJump,
    now: Date.now,
  });
}

/** A class that the pack does not name; the schema of the repository file lets none through. */
const UNNAMED = { zh: '未定类别', en: 'unknown class' };

function nameOf({ standards }: Core['knowledge'], roomClass: RoomClass): LocalizedText {
  return standards.classes.get(roomClass)?.name ?? UNNAMED;
}

/** Limits and standards, asked of the book as it stands. */
function standardsServices(core: Core) {
  const { structure, knowledge } = core;
  const book = bookOf(core);
  const inForce: Services['limitsInForce'] = (question) => limitsInForce(book(), question);
  const roomStandardsNow: Services['roomStandards'] = (question) =>
    roomStandards({ knowledge, registry: structure.registry, book: book(), question });
  return {
    inForce,
    roomStandards: roomStandardsNow,
    standardsCatalogue: catalogueOf(knowledge.standards),
    standards: standardsView(knowledge),
  };
}

/** The book of limits, made anew when structure, own limits or what rooms keep to were replaced. */
function bookOf(core: Core): () => LimitBook {
  const { structure, knowledge } = core;
  let made: (Structure & { readonly book: LimitBook }) | undefined;
  return () => {
    const { registry, limitChanges: changes, standardsChoices: choices } = structure;
    const isFresh =
      made?.registry === registry &&
      made.limitChanges === changes &&
      made.standardsChoices === choices;
    if (made && isFresh) return made.book;
    const book = createLimitBook({ registry, changes, choices, standards: knowledge.standards });
    made = { ...structure, book };
    return book;
  };
}

/** The simulators are started after the services; until then there is nothing to play. */
function demonstrationOf(parts: ServicesParts): Demonstration {
  const { simulators } = parts;
  return {
    get scenarios() {
      return simulators.process?.scenarios ?? [];
    },
    play: (scenario, room) => simulators.process?.play(scenario, room),
    stop: () => simulators.process?.stop(),
  };
}
