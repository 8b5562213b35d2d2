package dev.rlmbeam.transforms.model.testing;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ModelServerTest {
  private final OkHttpClient client = new OkHttpClient.Builder().dispatcher(wide()).build();

  private static Dispatcher wide() {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(1000);
    dispatcher.setMaxRequestsPerHost(1000);
    return dispatcher;
  }

  @AfterEach
  void closeClient() {
    client.dispatcher().executorService().shutdownNow();
    client.connectionPool().evictAll();
  }

  @Test
  void holdsHundredsOfCallsAtOnceOnOneThread() {
    try (ModelServer server = ModelServer.start(call -> ServerReply.never())) {
      List<CompletableFuture<Integer>> replies = new ArrayList<>();
      for (int i = 0; i < 256; i++) {
        replies.add(status(server, "{}"));
      }
      assertThat(replies.stream().noneMatch(CompletableFuture::isDone)).isTrue();
      while (server.inFlight() < 256) {
        Thread.onSpinWait();
      }

      assertThat(server.peakInFlight()).isEqualTo(256);
      assertThat(threads("model-server-" + server.port())).isEqualTo(1);
      server.close();
      assertThat(server.inFlight()).isEqualTo(0);
      assertThat(server.abandoned()).isEqualTo(256);
    }
  }

  @Test
  void delaysRunBesideEachOther() throws InterruptedException, ExecutionException {
    long start = System.nanoTime();
    try (ModelServer server =
        ModelServer.start(call -> ServerReply.text("x").after(Duration.ofMillis(200)))) {
      List<CompletableFuture<Integer>> replies = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        replies.add(status(server, "{}"));
      }
      for (CompletableFuture<Integer> reply : replies) {
        assertThat(reply.get()).isEqualTo(200);
      }

      long millis = (System.nanoTime() - start) / 1_000_000;
      assertThat(millis).isAtLeast(200);
      // One after the other they would take ten seconds.
      assertThat(millis).isLessThan(5_000);
      assertThat(server.calls()).isEqualTo(50);
      assertThat(server.inFlight()).isEqualTo(0);
      assertThat(server.abandoned()).isEqualTo(0);
    }
  }

  @Test
  void closesItsThreadAndItsPort() {
    ModelServer server = ModelServer.start(call -> ServerReply.text("x"));
    int port = server.port();

    server.close();
    server.close();

    assertThat(threads("model-server-" + port)).isEqualTo(0);
    // The port is free again: another server can have it.
    ModelServer.start(port, call -> ServerReply.text("x")).close();
  }

  @Test
  void whatTheScriptThrowsIsA500WithItsWords()
      throws InterruptedException, ExecutionException, IOException {
    try (ModelServer server =
        ModelServer.start(
            call -> {
              throw new IllegalStateException("the script is wrong");
            })) {
      Response response = call(server, RequestBody.create("{}", null)).get();

      assertThat(response.code()).isEqualTo(500);
      assertThat(response.body().string()).contains("the script is wrong");
    }
  }

  @Test
  void readsABodyInChunks() throws InterruptedException, ExecutionException {
    CompletableFuture<String> seen = new CompletableFuture<>();
    try (ModelServer server =
        ModelServer.start(
            call -> {
              seen.complete(call.body());
              return ServerReply.text("x");
            })) {
      RequestBody chunks =
          new RequestBody() {
            @Override
            public MediaType contentType() {
              return MediaType.get("application/json");
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
              for (int i = 0; i < 5; i++) {
                sink.writeUtf8("part" + i + " ".repeat(3000)).flush();
              }
            }
          };

      assertThat(call(server, chunks).get().code()).isEqualTo(200);
      assertThat(seen.join()).hasLength(5 * 3005);
    }
  }

  @Test
  void answersOverARawSocketTwiceOnOneConnection() throws IOException {
    try (ModelServer server = ModelServer.start(call -> ServerReply.text("call " + call.number()));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      String request =
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
      out.write((request + request).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      StringBuilder replies = new StringBuilder();
      while (!replies.toString().contains("call 2")) {
        int next = in.read();
        assertThat(next).isAtLeast(0);
        replies.append((char) next);
      }

      assertThat(replies.toString()).contains("call 1");
    }
  }

  @Test
  void whatIsNoHttpEndsOnlyItsOwnConnection()
      throws IOException, InterruptedException, ExecutionException {
    try (ModelServer server = ModelServer.start(call -> ServerReply.text("x"));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(status(server, "{}").get()).isEqualTo(200);
    }
  }

  @Test
  void otherPathsAreNotFound() throws InterruptedException, ExecutionException, IOException {
    try (ModelServer server = ModelServer.start(call -> ServerReply.text("x"))) {
      Request request = new Request.Builder().url(server.baseUrl() + "/models").build();
      try (Response response = client.newCall(request).execute()) {
        assertThat(response.code()).isEqualTo(404);
      }
    }
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  private CompletableFuture<Integer> status(ModelServer server, String body) {
    return call(server, RequestBody.create(body, null))
        .thenApply(
            response -> {
              response.close();
              return response.code();
            });
  }

  private CompletableFuture<Response> call(ModelServer server, RequestBody body) {
    CompletableFuture<Response> future = new CompletableFuture<>();
    client
        .newCall(
            new Request.Builder().url(server.baseUrl() + "/chat/completions").post(body).build())
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException e) {
                future.completeExceptionally(e);
              }

              @Override
              public void onResponse(Call call, Response response) {
                future.complete(response);
              }
            });
    return future;
  }
}
