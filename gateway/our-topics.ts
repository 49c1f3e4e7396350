/** Topics that only we may publish: gateway status and alarms of each repository. */

/** Whether `topic` is `lantai/<repository>/gateway…` or `lantai/<repository>/alarm…`. */
export function isOurTopic(topic: string): boolean {
  if (!topic.startsWith('lantai/')) return false;
  const [, , thing] = topic.split('/', 3);
  return thing === 'gateway' || thing === 'alarm';
}

/** Where the gateway says that it is there: `online` or `offline`, retained. */
export function gatewayStatusTopic(repository: string): string {
  return `lantai/${repository}/gateway/status`;
}
