/** The choices of whoever adopts a device: proposed from what it sent, followed while it speaks, kept once made. */

import { computed, ref, shallowRef, watch, type Ref, type WatchSource } from 'vue';
import type { Page } from '../../../domain/api.ts';
import type { CapturedValue } from '../../../domain/devices.ts';
import type { MetricName } from '../../../domain/metrics.ts';
import { api } from '../api/client.ts';
import type {
  RegisteredDoor,
  RegisteredSensor,
  TryOut,
  UnknownDeviceView,
} from '../api/devices.ts';
import type { DeviceView } from '../api/views.ts';
import {
  channelsOf,
  devicesIn,
  idProblem,
  metricsAnnounced,
  metricsOn,
  mustChooseChannel,
  observedIntervalSeconds,
  proposedId,
  proposedKind,
  saidIn,
  sourceOf,
  useOf,
  type Kind,
  type Said,
} from '../logic/adoption.ts';
import { watchValues, type WatchedValue } from '../logic/flips.ts';
import { localPart } from '../logic/ids.ts';
import { useLive } from './live.ts';
import { tryOut, type useProfiles } from './profiles.ts';
import { useAsked } from './request.ts';

/** What is expected of a sensor whose profile says nothing. */
const INTERVAL_SECONDS = 60;
const NOTHING: Said = { values: [], events: [] };

export function useAdoption(
  device: () => UnknownDeviceView,
  known: ReturnType<typeof useProfiles>,
) {
  const chosenProfile = ref(
    device().profileId ?? (device().suggestions.length === 1 ? device().suggestions[0] : '') ?? '',
  );
  const named = ref('');
  const use = computed(() => useOf(device(), known.uses.value));
  const profile = computed(() => known.profileOf(chosenProfile.value));
  const tried = useTrial(device, chosenProfile, () => use.value);
  const namedDevices = useNamedDevices(device, tried.data, chosenProfile);
  /** Unset: the topic is one device's. */
  const one = computed(() => (namedDevices.value.length > 1 ? named.value : undefined));
  const heard = computed<Said>(() => {
    if (device().profile !== undefined) return device();
    if (!tried.data.value) return NOTHING;
    return saidIn(tried.data.value, one.value, device().captured[0]?.at ?? device().lastAt);
  });
  const watched = useWatched(() => heard.value.values, [chosenProfile, named]);
  /** All that it said since the dialog opened: a device may spread its metrics over messages. */
  const said = computed<Said>(() => ({ ...heard.value, values: watched.value }));
  const kind = useKind(() => said.value);
  const channelled = useChannel(said, kind);
  const source = computed(() =>
    sourceOf(device(), {
      profile: chosenProfile.value,
      use: use.value,
      named: one.value,
      channel: channelled.channel.value,
    }),
  );
  const problem = computed(() => {
    if (chosenProfile.value === '') return 'profile' as const;
    if (one.value === '') return 'named' as const;
    const { needsChannel, channel } = channelled;
    return needsChannel.value && channel.value === '' ? ('channel' as const) : undefined;
  });
  return {
    profile,
    chosenProfile,
    tried,
    named,
    namedDevices,
    said,
    watched,
    ...channelled,
    kind,
    source,
    problem,
    ...useIdentity(device, () => kind.value),
    ...useMetrics(device, said, channelled.channel),
    ...useInterval(device, () => profile.value?.expectEverySeconds),
  };
}

/** Proposed until somebody chooses. */
function useKind(said: () => Said) {
  const chosen = ref<Kind>();
  return computed<Kind>({
    get: () => chosen.value ?? proposedKind(said()),
    set: (next) => (chosen.value = next),
  });
}

/** The try-out of the newest message, again with each that comes. */
function useTrial(
  device: () => UnknownDeviceView,
  profile: { readonly value: string },
  use: () => ReturnType<typeof useOf>,
) {
  return useAsked<TryOut | undefined>(async () => {
    const [message] = device().captured;
    if (!message || profile.value === '') return undefined;
    const { params, timezone } = use() ?? {};
    return tryOut({
      profile: profile.value,
      topic: message.topic,
      payloadBase64: message.payloadBase64,
      ...(params ? { params } : {}),
      ...(timezone ? { timezone } : {}),
    });
  }, [() => profile.value, () => device().captured[0]?.at, use]);
}

/** Devices that share the topic, as far as their messages were seen; none where a profile tells them apart. */
function useNamedDevices(
  device: () => UnknownDeviceView,
  tried: Ref<TryOut | undefined>,
  profile: Ref<string>,
) {
  const seen = ref<readonly string[]>([]);
  watch(profile, () => (seen.value = []));
  watch(tried, (next) => {
    if (device().profile !== undefined || !next) return;
    seen.value = [...new Set([...seen.value, ...devicesIn(next)])];
  });
  return seen;
}

function useWatched(values: () => readonly CapturedValue[], anew: WatchSource[]) {
  const watched = shallowRef<readonly WatchedValue[]>([]);
  // Before the next line: what another profile read is no value of this one.
  watch(anew, () => (watched.value = []));
  watch(values, (next) => (watched.value = watchValues(watched.value, next)), { immediate: true });
  return watched;
}

function useChannel(said: Ref<Said>, kind: Ref<Kind>) {
  const chosen = ref('');
  const channels = computed(() => channelsOf(said.value, kind.value));
  const channel = computed<string>({
    get: () => {
      if (channels.value.includes(chosen.value)) return chosen.value;
      // A door is always one of its controller's; the only one so far is meant.
      return kind.value === 'door' && channels.value.length === 1 ? (channels.value[0] ?? '') : '';
    },
    set: (next) => (chosen.value = next),
  });
  return {
    channels,
    channel,
    needsChannel: computed(() => mustChooseChannel(said.value, kind.value)),
  };
}

function useIdentity(device: () => UnknownDeviceView, kind: () => Kind) {
  const { repository } = useLive();
  const q = () => ({ repository: repository.value?.id });
  const things = useAsked(async () => {
    const [sensors, doors, devices] = await Promise.all([
      api.get<Page<RegisteredSensor>>('/sensors', q()),
      api.get<Page<RegisteredDoor>>('/doors', q()),
      api.get<Page<DeviceView>>('/devices', q()),
    ]);
    return [...sensors.items, ...doors.items, ...devices.items].map((one) => localPart(one.id));
  });
  const taken = computed(() => new Set(things.data.value ?? []));
  const typed = ref<string>();
  const id = computed<string>({
    get: () => typed.value ?? proposedId(device().name ?? device().device, kind(), taken.value),
    set: (next) => (typed.value = next.trim()),
  });
  return { id, idTrouble: computed(() => idProblem(id.value, taken.value)) };
}

function useMetrics(device: () => UnknownDeviceView, said: Ref<Said>, channel: Ref<string>) {
  const choice = ref<Readonly<Record<string, boolean>>>({});
  const came = computed(() => metricsOn(said.value, channel.value));
  const offered = computed(() => [...new Set([...came.value, ...metricsAnnounced(device())])]);
  const metrics = computed<readonly MetricName[]>({
    // Of one that never spoke its source's word is all there is.
    get: () =>
      offered.value.filter(
        (m) => choice.value[m] ?? (came.value.includes(m) || device().messages === 0),
      ),
    set: (ticked) => {
      choice.value = Object.fromEntries(offered.value.map((m) => [m, ticked.includes(m)]));
    },
  });
  return { offered, metrics };
}

function useInterval(device: () => UnknownDeviceView, expected: () => number | undefined) {
  const typed = ref<number | ''>();
  const intervalSeconds = computed<number | ''>({
    get: () => typed.value ?? expected() ?? INTERVAL_SECONDS,
    set: (next) => (typed.value = next),
  });
  return { intervalSeconds, observedSeconds: computed(() => observedIntervalSeconds(device())) };
}
