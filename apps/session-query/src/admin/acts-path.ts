/** Where operators ask for acts: the only path of this service that takes a POST. */
export const ACTS_PATH = '/admin/acts';
