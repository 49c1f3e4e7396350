/** The channels that are set up, from the settings. */

import { createEmailNotifier } from '../alerts/notifiers/email.ts';
import { createMqttNotifier } from '../alerts/notifiers/mqtt.ts';
import type { Notifier } from '../alerts/notifiers/notifier.ts';
import { createWebhookNotifier } from '../alerts/notifiers/webhook.ts';
import { loadWebhookTemplate } from '../alerts/notifiers/webhook-template.ts';
import { qualify } from '../domain/ids.ts';
import type { Registry } from '../domain/registry.ts';
import { StartRefused } from './data-folder.ts';
import type { Settings } from './settings/settings.ts';
import type { Source } from './sources.ts';

/** E-mail only where a server is set; webhooks and MQTT always. */
export function createNotifiers(parts: {
  readonly settings: Settings;
  readonly registry: () => Registry;
  readonly source: () => Source | undefined;
}): readonly Notifier[] {
  const { settings, registry } = parts;
  const template = templateOf(settings.webhookTemplatePath);
  const webhook = createWebhookNotifier({
    fetch: globalThis.fetch,
    ...(template ? { template } : {}),
    personOf: ({ repository, person }) =>
      person === undefined ? undefined : registry().people.get(qualify(repository, person)),
  });
  const mqtt = createMqttNotifier({
    publish: async (message) => {
      const source = parts.source();
      if (!source) throw new Error('the broker is not started yet');
      await source.publish(message);
    },
  });
  const { smtp } = settings;
  const email = smtp ? [createEmailNotifier({ smtpUrl: smtp.url, from: smtp.from })] : [];
  return [webhook, mqtt, ...email];
}

function templateOf(path: string | undefined) {
  if (path === undefined) return undefined;
  const loaded = loadWebhookTemplate(path);
  if (!loaded.ok) throw new StartRefused(`LANTAI_WEBHOOK_TEMPLATE: ${loaded.why}`);
  return loaded.template;
}
