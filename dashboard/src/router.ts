/** Pages by address; each is loaded when it is first needed. */

import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { onSignedOut } from './api/client.ts';
import { useSession } from './composables/session.ts';
import type { TextKey } from './locales/index.ts';
import type { Ability } from './logic/may.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** Who may see it; unset: everybody who is signed in. */
    ability?: Ability;
    /** Seen without an account. */
    open?: boolean;
    title?: TextKey;
  }
}

const routes: readonly RouteRecordRaw[] = [
  {
    path: '/sign-in',
    component: () => import('./pages/SignInPage.vue'),
    meta: { open: true, title: 'signIn.title' },
  },
  {
    path: '/password',
    component: () => import('./pages/PasswordPage.vue'),
    meta: { title: 'password.title' },
  },
  {
    path: '/',
    component: () => import('./pages/OverviewPage.vue'),
    meta: { ability: 'watch', title: 'nav.overview' },
  },
  {
    path: '/rooms/:id',
    component: () => import('./pages/RoomPage.vue'),
    meta: { ability: 'watch', title: 'nav.room' },
  },
  {
    path: '/alarms',
    component: () => import('./pages/AlarmsPage.vue'),
    meta: { ability: 'watch', title: 'nav.alarms' },
  },
  {
    path: '/alarms/:id',
    component: () => import('./pages/AlarmPage.vue'),
    meta: { ability: 'watch', title: 'nav.alarms' },
  },
  {
    path: '/incidents',
    component: () => import('./pages/IncidentsPage.vue'),
    meta: { ability: 'watch', title: 'nav.incidents' },
  },
  {
    path: '/incidents/:id',
    component: () => import('./pages/IncidentPage.vue'),
    meta: { ability: 'watch', title: 'nav.incidents' },
  },
  {
    path: '/performance',
    component: () => import('./pages/PerformancePage.vue'),
    meta: { ability: 'seePerformance', title: 'nav.performance' },
  },
  {
    path: '/assessments',
    component: () => import('./pages/AssessmentsPage.vue'),
    meta: { ability: 'watch', title: 'nav.assessments' },
  },
  {
    path: '/assessments/:id',
    component: () => import('./pages/AssessmentPage.vue'),
    meta: { ability: 'watch', title: 'nav.assessments' },
  },
  {
    path: '/rules',
    component: () => import('./pages/RulesPage.vue'),
    meta: { ability: 'watch', title: 'nav.rules' },
  },
  {
    path: '/devices',
    component: () => import('./pages/DevicesPage.vue'),
    meta: { ability: 'watch', title: 'nav.devices' },
  },
  {
    path: '/journal',
    component: () => import('./pages/JournalPage.vue'),
    meta: { ability: 'seeJournal', title: 'nav.journal' },
  },
  {
    path: '/admin',
    component: () => import('./pages/AdminPage.vue'),
    meta: { ability: 'people', title: 'nav.admin' },
  },
  { path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') },
];

export const router = createRouter({
  history: createWebHistory(),
  routes: [...routes],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

const { session, known, can, forget } = useSession();

router.beforeEach(async (to) => {
  await known();
  if (to.meta.open) return session.value ? { path: '/' } : true;
  if (!session.value) return { path: '/sign-in', query: { to: to.fullPath } };
  if (session.value.mustChangePassword && to.path !== '/password') return { path: '/password' };
  if (to.meta.ability && !can(to.meta.ability)) {
    const home = firstPageOf();
    return home === to.path ? true : { path: home };
  }
  return true;
});

/** Where somebody lands who may not watch rooms. */
function firstPageOf(): string {
  if (can('watch')) return '/';
  return can('people') ? '/admin' : '/journal';
}

onSignedOut(() => {
  forget();
  const { fullPath, meta } = router.currentRoute.value;
  if (!meta.open) void router.replace({ path: '/sign-in', query: { to: fullPath } });
});
