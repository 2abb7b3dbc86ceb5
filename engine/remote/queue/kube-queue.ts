/** Jobs of Kubernetes, and the pod through which files go: both mount one volume, on which the remote's root lies. */
import type { V1Container, V1Job, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { fail } from '../../../shared/errors.ts';
import type { JobResources, TargetSettings } from '../../../shared/targets.ts';
import type { RemoteFiles } from '../staging/files.ts';
import { rootWord } from '../staging/files.ts';
import type { KubeClient } from '../shell/kube-client.ts';
import type { JobOrder, JobStatus, Queue } from './queue.ts';
import type { RemoteShell } from '../shell/shell.ts';

export interface KubePlace {
  namespace: string;
  image: string;
  /** Name of the claim. */
  volume: string;
  /** Where it is mounted in the pods: the remote's root. */
  root: string;
}
const appLabel = 'app.kubernetes.io/managed-by';
const runLabel = 'flowyard/run';
const filesPod = 'flowyard-files';
const podStartsWithinMs = 180_000;

export function readPlace({ name, options }: TargetSettings): KubePlace {
  const { image = 'debian:12-slim', volume, namespace = 'default', root = '/flowyard' } = options;
  if (volume === undefined)
    throw fail('target.incomplete', {
      message: `The remote "${name}" has no volume: pods and this machine share files through one.`,
      mend: 'Name a claim that several pods may mount: --option volume=NAME.',
    });
  return { image, volume, namespace, root };
}

export function openKubeShell(client: KubeClient, place: KubePlace): RemoteShell {
  let ready: Promise<void> | undefined;
  const ensure = (): Promise<void> =>
    (ready ??= ensurePod(client, place).catch((error: unknown) => {
      ready = undefined;
      throw error;
    }));
  return {
    exec: async (script, options = {}) => {
      await ensure();
      try {
        return await client.exec(filesPod, script, options);
      } catch (error) {
        // It may have been evicted: the next call looks, and makes another.
        ready = undefined;
        throw error;
      }
    },
    maxInputBytes: Number.POSITIVE_INFINITY,
    stepMs: 100,
    close: () => undefined,
  };
}

async function ensurePod(client: KubeClient, place: KubePlace): Promise<void> {
  const untilMs = Date.now() + podStartsWithinMs;
  for (;;) {
    const pod = await client.pod(filesPod);
    const phase = pod?.status?.phase;
    if (phase === 'Running') return;
    if (pod === undefined) await client.createPod(filesPodBody(place));
    else if (phase === 'Failed' || phase === 'Succeeded') await client.deletePod(filesPod);
    if (Date.now() > untilMs || (pod !== undefined && isHopeless(pod)))
      throw fail('kubernetes.no-pod', {
        message: `The pod "${filesPod}", through which files go, does not start: ${waitWords(pod) || 'it is still waiting'}.`,
        mend: 'Check the image and the volume claim.',
      });
    await new Promise((done) => setTimeout(done, 300));
  }
}

const container = (place: KubePlace, script: string, more: Partial<V1Container> = {}): V1Container => ({
  name: 'flowyard',
  image: place.image,
  command: ['sh', '-c', script],
  volumeMounts: [{ name: 'root', mountPath: place.root }],
  ...more,
});
const podSpec = (place: KubePlace, one: V1Container): V1PodSpec => ({
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  containers: [one],
  volumes: [{ name: 'root', persistentVolumeClaim: { claimName: place.volume } }],
});

const filesPodBody = (place: KubePlace): V1Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: filesPod, labels: { [appLabel]: 'flowyard' } },
  // A shell that waits hands a TERM on at once.
  spec: podSpec(place, container(place, "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done")),
});

export function jobBody({ run, name, tasks, parallel, resources, command }: JobOrder, place: KubePlace): V1Job {
  const script = `set -- ${tasks.join(' ')}; shift "$JOB_COMPLETION_INDEX"; TASK=$1; export TASK
ROOT=${rootWord(place.root)}; export ROOT; cd "$ROOT" || exit 97
mkdir -p runs/${run}/t$TASK; ${command} >>runs/${run}/t$TASK/stdout 2>>runs/${run}/t$TASK/stderr`;
  const limits = limitsOf(resources);
  const seconds = resources.minutes === undefined ? {} : { activeDeadlineSeconds: resources.minutes * 60 };
  const own = { ...place, image: resources.image ?? place.image };
  const env = [
    ...(resources.cores === undefined ? [] : [{ name: 'FLOWYARD_CORES', value: String(resources.cores) }]),
    ...(resources.memoryMb === undefined ? [] : [{ name: 'FLOWYARD_MEMORY_MB', value: String(resources.memoryMb) }]),
  ];
  const more: Partial<V1Container> = { ...(limits === undefined ? {} : { resources: limits }), env };
  const { ...spec }: V1PodSpec = podSpec(own, container(own, script, more));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { [appLabel]: 'flowyard', [runLabel]: run } },
    spec: {
      completions: tasks.length,
      parallelism: Math.min(parallel, tasks.length),
      completionMode: 'Indexed',
      // Whether something is tried again is decided at home, where it is known what is missing.
      backoffLimit: 0,
      ttlSecondsAfterFinished: 86_400,
      ...seconds,
      template: {
        metadata: { labels: { [appLabel]: 'flowyard', [runLabel]: run } },
        spec: {
          ...spec,
          terminationGracePeriodSeconds: 20,
        },
      },
    },
  };
}

function limitsOf({ cores, memoryMb, gpus }: JobResources): V1Container['resources'] | undefined {
  const requests = {
    ...(cores === undefined ? {} : { cpu: String(cores) }),
    ...(memoryMb === undefined ? {} : { memory: `${memoryMb}Mi` }),
  };
  const limits = {
    ...(memoryMb === undefined ? {} : { memory: `${memoryMb}Mi` }),
    ...(gpus === undefined || gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) }),
  };
  return Object.keys(requests).length + Object.keys(limits).length === 0 ? undefined : { requests, limits };
}

export function openKubeQueue(client: KubeClient, place: KubePlace, files: () => RemoteFiles): Queue {
  return {
    submit: async (order) => {
      await client.createJob(jobBody(order, place));
      return order.name;
    },
    status: async (jobs) => {
      if (jobs.length === 0) return new Map();
      const [all, pods] = await Promise.all([client.jobs(`${appLabel}=flowyard`), client.pods(`${appLabel}=flowyard`)]);
      const byName = new Map(all.map((job) => [job.metadata?.name ?? '', job]));
      return new Map(
        jobs.map((job): [string, JobStatus] => [
          job.name,
          readStatus(
            byName.get(job.name),
            pods.filter((pod) => pod.metadata?.labels?.[runLabel] === job.run),
          ),
        ]),
      );
    },
    cancel: async (job, graceMs) => {
      await files().must('cancelling', `touch runs/${job.run}/cancel`);
      const untilMs = Date.now() + graceMs;
      const isActive = async (): Promise<boolean> =>
        (await client.pods(`${runLabel}=${job.run}`)).some((pod) => pod.status?.phase === 'Running');
      while (Date.now() < untilMs && (await isActive())) await new Promise((done) => setTimeout(done, 300));
      await client.deleteJob(job.name);
    },
    load: async () => {
      const pods = await client.pods(`${appLabel}=flowyard`);
      const count = (phase: string): number =>
        pods.filter((pod) => pod.status?.phase === phase && pod.metadata?.name !== filesPod).length;
      return { running: count('Running'), waiting: count('Pending'), words: `namespace ${place.namespace}` };
    },
    close: () => undefined,
  };
}

function readStatus(job: V1Job | undefined, pods: readonly V1Pod[]): JobStatus {
  if (job === undefined) return { state: 'gone', words: 'Kubernetes no longer knows the job' };
  const condition = job.status?.conditions?.find(
    (c) => (c.type === 'Failed' || c.type === 'Complete') && c.status === 'True',
  );
  if (condition !== undefined) {
    const evicted = pods.find((pod) => pod.status?.reason === 'Evicted');
    const killed = pods
      .flatMap((pod) => pod.status?.containerStatuses ?? [])
      .find((c) => c.state?.terminated?.reason === 'OOMKilled');
    if (killed !== undefined) return { state: 'gone', words: 'it used more memory than it asked for', isFinal: true };
    if (evicted !== undefined)
      return { state: 'gone', words: `its pod was evicted (${evicted.status?.message ?? 'no reason given'})` };
    if (condition.reason === 'DeadlineExceeded') return { state: 'gone', words: 'its time was up', isFinal: true };
    return {
      state: 'gone',
      words:
        condition.type === 'Complete'
          ? 'Kubernetes says it ended'
          : `Kubernetes says it failed (${condition.message ?? condition.reason ?? ''})`,
    };
  }
  const running = pods.filter((pod) => pod.status?.phase === 'Running');
  if (running.length > 0)
    return {
      state: 'running',
      words: `on ${[...new Set(running.map((pod) => pod.spec?.nodeName ?? '?'))].join(', ')}`,
    };
  return { state: 'waiting', words: pods.map(waitWords).find((words) => words !== '') ?? 'no pod has started yet' };
}

/** What a pod says it waits for. */
function waitWords(pod: V1Pod | undefined): string {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  const imageWords: Readonly<Record<string, string>> = {
    ImagePullBackOff: 'the image cannot be had',
    ErrImagePull: 'the image cannot be had',
    InvalidImageName: 'the name of the image is not valid',
    ContainerCreating: 'the container is being made',
  };
  if (waiting?.reason !== undefined)
    return `${imageWords[waiting.reason] ?? waiting.reason}${waiting.message === undefined ? '' : ` (${waiting.message})`}`;
  const scheduled = pod?.status?.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False');
  return scheduled === undefined ? '' : `no node takes the pod (${scheduled.message ?? scheduled.reason ?? ''})`;
}

const isHopeless = (pod: V1Pod): boolean =>
  ['InvalidImageName', 'CreateContainerConfigError'].includes(
    pod.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '',
  );
