package dev.rlmbeam.pipelines.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Flink's REST interface, as much of it as is needed here (its documentation: "REST API"). Only for
 * launchers. Thread-safe; holds nothing open that has to be closed.
 */
public final class FlinkRest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SAID = 200;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String address;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /** The interface at an address such as {@code http://127.0.0.1:8081}. */
  public FlinkRest(String address) {
    this.address = address;
  }

  /** Where it is. */
  public String address() {
    return address;
  }

  /** How many task managers, slots and jobs there are. */
  public JsonNode overview() throws IOException, InterruptedException {
    return get("/overview");
  }

  /** Each task manager with its slots and its memory. */
  public JsonNode taskManagers() throws IOException, InterruptedException {
    return get("/taskmanagers").path("taskmanagers");
  }

  /** The job manager's settings, those of the whole cluster among them: key and value. */
  public JsonNode settings() throws IOException, InterruptedException {
    return get("/jobmanager/config");
  }

  /** All jobs, those that have ended too. */
  public JsonNode jobs() throws IOException, InterruptedException {
    return get("/jobs/overview").path("jobs");
  }

  /** Cancels a job. Returns when the cluster has taken note. */
  public void cancel(String jobId) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/jobs/" + jobId + "?mode=cancel"))
            .timeout(TIMEOUT)
            .method("PATCH", HttpRequest.BodyPublishers.noBody())
            .build();
    send(request);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT).build());
  }

  private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(
          request.uri() + " answered " + response.statusCode() + ": " + start(response.body()));
    }
    return JSON.readTree(response.body());
  }

  /** A proxy's page is long, and says what it has to say at its start. */
  private static String start(String body) {
    String line = body.strip().replaceAll("\\s+", " ");
    return line.length() <= SAID ? line : line.substring(0, SAID) + "…";
  }
}
