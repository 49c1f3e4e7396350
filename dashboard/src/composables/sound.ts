/** The sound for unacknowledged critical and high alarms. Browsers let it start only after a press. */

import { computed, onScopeDispose, ref, watch } from 'vue';
import { isLoud } from '../logic/alarms.ts';
import { useLive } from './live.ts';
import { remembered } from './preferences.ts';

const wanted = remembered<'on' | 'off'>('lantai.sound', 'off');
const muted = ref(false);
const allowed = ref(false);
let context: AudioContext | undefined;

/** Two falling tones for critical, one for high. */
function beep(critical: boolean): void {
  if (!context || context.state !== 'running') return;
  tone(context, { frequencyHz: critical ? 988 : 740, startS: 0 });
  if (critical) tone(context, { frequencyHz: 740, startS: 0.24 });
}

function tone(audio: AudioContext, note: { frequencyHz: number; startS: number }): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  const at = audio.currentTime + note.startS;
  oscillator.frequency.value = note.frequencyHz;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.24);
}

const BEEP_MS = 2_000;

export function useSound() {
  return {
    /** `off`: not wanted; `blocked`: wanted, but the browser waits for a press; `muted`, `on`. */
    state: computed(() => {
      if (wanted.value === 'off') return 'off' as const;
      if (!allowed.value) return 'blocked' as const;
      return muted.value ? ('muted' as const) : ('on' as const);
    }),
    async enable(): Promise<void> {
      wanted.value = 'on';
      muted.value = false;
      context ??= new AudioContext();
      await context.resume();
      allowed.value = context.state === 'running';
    },
    mute: () => (muted.value = true),
    disable(): void {
      wanted.value = 'off';
    },
  };
}

/** Sounds while something loud is unacknowledged. A new loud alarm ends a mute. */
export function soundAlarms(): void {
  const { waitingAlarms, now } = useLive();
  const loud = computed(() => waitingAlarms.value.filter((a) => isLoud(a, now.value)));
  watch(
    () => loud.value.map((a) => a.id),
    (ids, before) => {
      if (ids.some((id) => !before.includes(id))) muted.value = false;
    },
  );
  const timer = window.setInterval(() => {
    if (wanted.value === 'off' || muted.value || loud.value.length === 0) return;
    beep(loud.value.some((a) => a.priority === 'critical'));
  }, BEEP_MS);
  onScopeDispose(() => window.clearInterval(timer));
}
