import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.ArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Sends events to Kafka as a service in Java would: the SDK of CloudEvents writes them, Apache's own client sends them.
 * Arguments and output as of produce.py.
 */
public class Produce {
  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    for (JsonNode session : json.readTree(args[2])) send(args[0], args[1], session);
    String sdk = CloudEventSerializer.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    Map<String, String> versions = Map.of(
        "kafka-clients", AppInfoParser.getVersion(),
        "cloudevents-kafka", sdk.replaceAll(".*cloudevents-kafka-(.*)\\.jar", "$1"));
    System.out.println(json.writeValueAsString(versions));
  }

  private static void send(String brokers, String topic, JsonNode session) throws Exception {
    String how = session.get("producer").asText();
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", brokers);
    settings.put("compression.type", session.get("compression").asText());
    settings.put("linger.ms", 5);
    settings.put("enable.idempotence", !how.equals("plain"));
    boolean inTransaction = how.equals("transactional") || how.equals("aborted");
    if (inTransaction) settings.put("transactional.id", UUID.randomUUID().toString());
    try (KafkaProducer<String, CloudEvent> producer = new KafkaProducer<>(settings, new StringSerializer(), serializer(session))) {
      if (inTransaction) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      String id = session.get("id").asText();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (CloudEvent event : eventsOf(id, session.get("title").asText())) {
        sent.add(producer.send(new ProducerRecord<>(topic, id, event)));
      }
      producer.flush();
      for (Future<RecordMetadata> one : sent) one.get();
      if (how.equals("transactional")) producer.commitTransaction();
      if (how.equals("aborted")) producer.abortTransaction();
    }
  }

  private static CloudEventSerializer serializer(JsonNode session) {
    Map<String, Object> settings = new HashMap<>();
    if (session.get("mode").asText().equals("structured")) {
      settings.put(CloudEventSerializer.ENCODING_CONFIG, Encoding.STRUCTURED);
      settings.put(CloudEventSerializer.EVENT_FORMAT_CONFIG, JsonFormat.CONTENT_TYPE);
    }
    CloudEventSerializer serializer = new CloudEventSerializer();
    serializer.configure(settings, false);
    return serializer;
  }

  private static List<CloudEvent> eventsOf(String id, String title) throws Exception {
    byte[] data = new ObjectMapper().writeValueAsString(Map.of("title", title, "lease_seconds", 600)).getBytes(StandardCharsets.UTF_8);
    return List.of(
        event("session.started.v1", id).withData("application/json", data).build(),
        event("session.heartbeat.v1", id).build());
  }

  private static CloudEventBuilder event(String type, String subject) {
    return CloudEventBuilder.v1()
        .withId(UUID.randomUUID().toString())
        .withType(type)
        .withSource(URI.create("/foreign/java"))
        .withSubject(subject)
        .withTime(OffsetDateTime.now());
  }
}
