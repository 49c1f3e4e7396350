/** Topics that only we may publish: gateway status and alarms of each repository. */

/** Where messages that devices push over HTTP come in: `intake/<profile>/<device>`. */
export const PUSHED_PREFIX = 'intake/';

/** Whether `topic` is `lantai/<repository>/gateway…` or `…/alarm…`, or one that only our own HTTP intake uses. */
export function isOurTopic(topic: string): boolean {
  if (topic.startsWith(PUSHED_PREFIX)) return true;
  if (!topic.startsWith('lantai/')) return false;
  const [, , thing] = topic.split('/', 3);
  return thing === 'gateway' || thing === 'alarm';
}

/** Where the gateway says that it is there: `online` or `offline`, retained. */
export function gatewayStatusTopic(repository: string): string {
  return `lantai/${repository}/gateway/status`;
}
