/** What people tell alarms and incidents. Each gets an answer; a refused one changes nothing. */

import type { AlarmEvent } from '../alarm-machine.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { Command, CommandResult } from '../../domain/commands.ts';
import { qualify } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident.ts';
import { say } from '../../domain/sentences.ts';
import { SHELVING_LIMITS } from '../../domain/shelving.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Draft } from '../draft.ts';
import {
  acknowledgeIncident,
  closeIncident,
  recordStep,
  setLevel,
  type IncidentChange,
} from '../plans/incident-acts.ts';
import { tellLevel } from '../tell/incident-telling.ts';
import { tellAlarm } from './findings.ts';
import { open } from './incidents.ts';

export function onCommand(draft: Draft, command: Command): CommandResult {
  switch (command.kind) {
    case 'acknowledge-alarm':
    case 'shelve-alarm':
    case 'unshelve-alarm':
    case 'reset-alarm':
    case 'comment-alarm':
    case 'assign-alarm':
    case 'close-alarm':
      return onAlarm(draft, command);
    case 'open-incident':
      return onOpen(draft, command);
    case 'acknowledge-incident':
      return onAcknowledgeIncident(draft, command);
    case 'record-step':
      return onIncident(draft, command, {
        change: (incident) => recordStep(incident, command, draft.now),
        action: 'incident.step-recorded',
        detail: { step: command.step, outcome: command.outcome, ...noted(command.note) },
      });
    case 'set-level':
      return onSetLevel(draft, command);
    case 'close-incident':
      return onIncident(draft, command, {
        change: (incident) =>
          closeIncident(
            incident,
            { ...command, signalling: signallingOf(draft, incident) },
            draft.now,
          ),
        action: 'incident.closed',
        detail: { report: command.report },
      });
    default:
      return unreachable(command);
  }
}

type AlarmCommand = Extract<Command, { readonly alarm: string }>;

function onAlarm(draft: Draft, command: AlarmCommand): CommandResult {
  const alarm = draft.alarm(command.alarm);
  if (!alarm) return { ok: false, code: 'not-found', ...say('alarm-not-open') };
  return tellAlarm(draft, alarm, eventOf(draft, command, alarm));
}

function eventOf(draft: Draft, command: AlarmCommand, alarm: Alarm): AlarmEvent {
  const { by } = command;
  switch (command.kind) {
    case 'acknowledge-alarm':
      return { kind: 'acknowledge', by, ...commented(command.comment) };
    case 'shelve-alarm': {
      const { until, reason } = command;
      const { shelvable = true, dutyMayShelve } = draft.world.ruleById.get(alarm.rule) ?? {};
      const isManagers = command.asDuty === true && dutyMayShelve !== true;
      const { msMax, reasonCharactersMin } = SHELVING_LIMITS[alarm.priority];
      const shelveMsMax = Math.min(msMax, draft.world.settings.shelveMsMax);
      const bounds = { shelvable, isManagers, shelveMsMax, reasonCharactersMin };
      return { kind: 'shelve', by, until, reason, ...bounds };
    }
    case 'unshelve-alarm':
      return { kind: 'unshelve', by };
    case 'reset-alarm':
      return { kind: 'reset', by };
    case 'comment-alarm':
      return { kind: 'comment', by, text: command.text };
    case 'assign-alarm':
      return { kind: 'assign', by, to: command.to };
    case 'close-alarm':
      return { kind: 'close', by, reason: command.reason };
  }
}

function onOpen(draft: Draft, command: Extract<Command, { kind: 'open-incident' }>): CommandResult {
  const { repository, room, by, reason } = command;
  const plan = draft.world.plans.get(command.plan);
  const home = draft.world.homes.get(repository);
  if (!plan || !home) {
    return { ok: false, code: 'not-found', ...say('incident-no-plan') };
  }
  const known = room === undefined || draft.world.registry.rooms.get(qualify(repository, room));
  if (!known) return { ok: false, code: 'not-found', ...say('incident-no-room') };
  if (reason.trim() === '') {
    return { ok: false, code: 'invalid', ...say('incident-reason') };
  }
  for (const other of draft.openIncidents()) {
    if (other.repository === repository && other.room === room && other.plan.id === plan.id) {
      return { ok: false, code: 'already', ...say('incident-open', { incident: other.id }) };
    }
  }
  const simulated = home.repository.simulated === true;
  const incident = open(draft, plan, { repository, room, by, reason, simulated });
  return { ok: true, id: incident.id };
}

function onAcknowledgeIncident(
  draft: Draft,
  command: Extract<Command, { kind: 'acknowledge-incident' }>,
): CommandResult {
  const { by, comment } = command;
  const result = onIncident(draft, command, {
    change: (incident) => acknowledgeIncident(incident, command, draft.now),
    action: 'incident.acknowledged',
    detail: commented(comment),
  });
  if (!result.ok) return result;
  for (const id of draft.incident(command.incident)?.alarms ?? []) {
    const alarm = draft.alarm(id);
    if (!alarm || alarm.closedAt !== undefined || alarm.acknowledged) continue;
    tellAlarm(draft, alarm, { kind: 'acknowledge', by, ...commented(comment) });
  }
  return result;
}

function onSetLevel(draft: Draft, command: Extract<Command, { kind: 'set-level' }>): CommandResult {
  const before = draft.incident(command.incident)?.level;
  const result = onIncident(draft, command, {
    change: (incident) => setLevel(incident, command, draft.now),
    action: 'incident.level-set',
    detail: { level: command.level, reason: command.reason },
  });
  const incident = draft.incident(command.incident);
  if (!result.ok || !incident || before === undefined || command.level > before) return result;
  const tellings = [...incident.tellings, ...tellLevel(draft, incident)];
  draft.putIncident({ ...incident, tellings });
  return result;
}

function onIncident(
  draft: Draft,
  command: Extract<Command, { readonly incident: string }>,
  what: {
    readonly change: (incident: Incident) => IncidentChange;
    readonly action: string;
    readonly detail: Readonly<Record<string, unknown>>;
  },
): CommandResult {
  const incident = draft.incident(command.incident);
  if (!incident || incident.closed) {
    return { ok: false, code: 'not-found', ...say('incident-not-open') };
  }
  const changed = what.change(incident);
  if (!changed.ok) return changed;
  draft.putIncident(changed.incident);
  draft.journal.push({
    repository: incident.repository,
    at: draft.now,
    by: command.by,
    action: what.action,
    subject: incident.id,
    ...(Object.keys(what.detail).length > 0 ? { detail: what.detail } : {}),
  });
  return { ok: true, id: incident.id };
}

// A detector that was lost in the fire says nothing any more; that must not keep the incident open for ever.
function signallingOf(draft: Draft, incident: Incident): number {
  return incident.alarms.filter((id) => {
    const alarm = draft.alarm(id);
    return alarm !== undefined && alarm.closedAt === undefined && alarm.verdict === 'met';
  }).length;
}

function commented(comment: string | undefined): { readonly comment?: string } {
  return comment === undefined ? {} : { comment };
}

function noted(note: string | undefined): { readonly note?: string } {
  return note === undefined ? {} : { note };
}
