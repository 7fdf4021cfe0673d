/** What kafkajs says, and what is said here of Kafka; the level is kafkajs's own name for it. */
export type KafkaLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string, fields: object) => void;
