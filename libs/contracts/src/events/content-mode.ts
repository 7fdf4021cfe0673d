/**
 * How an event is carried, as its headers say: `structured` and `batch` by the content type alone; `binary` by
 * attributes in headers; `unsaid` by neither. `foreign`: as CloudEvents in a format that is not JSON.
 */
export type ContentMode = 'structured' | 'batch' | 'binary' | 'unsaid' | 'foreign';

export const STRUCTURED = 'application/cloudevents+json';
export const BATCH = 'application/cloudevents-batch+json';

/** `Application/JSON; charset=utf-8` → `application/json`. */
export function mediaTypeOf(contentType: string): string {
  const [media = ''] = contentType.split(';', 1);
  return media.trim().toLowerCase();
}

/** Whether data of this media type is JSON: `application/json`, `text/json`, `application/vnd.studio+json`. */
export function isJson(mediaType: string): boolean {
  return /^[^/\s]+\/(?:[^/\s]+\+)?json$/.test(mediaType);
}

/** Decides the mode, for Kafka and HTTP alike. `mediaType`: empty where no content type is given. */
export function contentMode(mediaType: string, hasAttributes: boolean): ContentMode {
  if (mediaType === STRUCTURED || mediaType === 'application/cloudevents') return 'structured';
  if (mediaType === BATCH) return 'batch';
  if (/^application\/cloudevents(?:-batch)?(?:\+|$)/.test(mediaType)) return 'foreign';
  return hasAttributes ? 'binary' : 'unsaid';
}
