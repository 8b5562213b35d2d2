package dev.rlmbeam.pipelines.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Whether a model service can be reached. It is shown no key: that it wants one is an answer too.
 */
final class Endpoint {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private Endpoint() {}

  static Finding look(String baseUrl) throws InterruptedException {
    String cure = "check --modelBaseUrl, the network and HTTPS_PROXY";
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(baseUrl + "/models")).timeout(TIMEOUT).GET().build();
      HttpResponse<Void> reply =
          HttpClient.newBuilder()
              .connectTimeout(TIMEOUT)
              .build()
              .send(request, HttpResponse.BodyHandlers.discarding());
      return reply.statusCode() >= 500
          ? Finding.problem(
              "endpoint", baseUrl + " answers with status " + reply.statusCode(), "ask its keeper")
          : Finding.ok("endpoint", baseUrl + " answers");
    } catch (IOException | IllegalArgumentException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return Finding.problem("endpoint", baseUrl + " cannot be reached: " + why, cure);
    }
  }
}
