package dev.rlmbeam.sandbox.repl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlmbeam.sandbox.SandboxException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * One HTTP call to the agent, and its repetition: all ids are the host's, so that a call whose
 * answer was lost can simply be made again. Thread-safe.
 */
final class AgentCalls {
  /** Of a short call; whoever speaks for the agent must not fill this machine's memory. */
  private static final long MAX_ANSWER_BYTES = 16L * 1024 * 1024;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** Makes one attempt. */
  interface Attempt<T> {
    T make() throws IOException, AgentException, InterruptedException;
  }

  private final String sandboxId;
  private final OkHttpClient http;

  /** Bounded by the time of the whole call alone. */
  private final OkHttpClient patient;

  private final Loss loss;

  AgentCalls(String sandboxId, OkHttpClient http, Loss loss) {
    this.sandboxId = sandboxId;
    this.http = http;
    patient = http.newBuilder().readTimeout(Duration.ZERO).build();
    this.loss = loss;
  }

  /** One attempt on the caller's thread. */
  JsonNode once(Request request, Duration timeout) throws IOException, AgentException {
    return Json.read(fetch(request, timeout, MAX_ANSWER_BYTES));
  }

  /** One attempt on the caller's thread whose answer may have so many bytes. */
  byte[] fetch(Request request, Duration timeout, long maxBytes)
      throws IOException, AgentException {
    Call call = http.newCall(request);
    call.timeout().timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    Runnable cancellation = call::cancel;
    loss.watch(cancellation);
    try (Response response = call.execute()) {
      return readBytes(request, response, maxBytes);
    } finally {
      loss.unwatch(cancellation);
    }
  }

  /**
   * One attempt that an interrupt or the loss of the sandbox ends at once: for calls that may take
   * long, as a thread in a socket's read does not hear an interrupt.
   */
  JsonNode interruptibly(Request request, Duration timeout)
      throws IOException, AgentException, InterruptedException {
    return interruptibly(patient, request, timeout);
  }

  /** The same with the patience of another client. */
  JsonNode interruptibly(OkHttpClient client, Request request, Duration timeout)
      throws IOException, AgentException, InterruptedException {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    Call call = client.newCall(request);
    call.timeout().timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException e) {
            answer.completeExceptionally(e);
          }

          @Override
          public void onResponse(Call done, Response response) {
            try (response) {
              answer.complete(read(request, response));
            } catch (IOException | AgentException | RuntimeException e) {
              answer.completeExceptionally(e);
            }
          }
        });
    Runnable cancellation =
        () -> {
          call.cancel();
          answer.completeExceptionally(new IOException("the sandbox was lost meanwhile"));
        };
    loss.watch(cancellation);
    try {
      return answer.get(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new InterruptedIOException("no answer in " + timeout);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof AgentException refused) {
        throw refused;
      }
      throw new IllegalStateException("a call failed in an unforeseen way", e.getCause());
    } finally {
      loss.unwatch(cancellation);
      call.cancel();
    }
  }

  /**
   * Repeats an attempt for as long as the way to the agent is at fault.
   *
   * @param what for messages: "open session s1"
   * @throws AgentException when the agent refuses
   * @throws SandboxException when the deadline passes or the sandbox is lost meanwhile
   */
  <T> T repeat(String what, Deadline deadline, Attempt<T> attempt)
      throws AgentException, InterruptedException {
    Duration pause = FIRST_PAUSE;
    while (true) {
      loss.check();
      Exception trouble;
      try {
        return attempt.make();
      } catch (AgentException e) {
        if (!e.isTransient()) {
          throw e;
        }
        trouble = e;
      } catch (IOException e) {
        loss.check();
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while trying to " + what);
        }
        trouble = e;
      }
      if (deadline.hasPassed()) {
        throw new SandboxException(
            sandboxId,
            true,
            String.format(
                "could not %s in sandbox %s before the deadline: %s",
                what, sandboxId, trouble.getMessage()),
            trouble);
      }
      loss.pause(pause.compareTo(deadline.remaining()) < 0 ? pause : deadline.remaining());
      pause = pause.multipliedBy(2);
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        pause = LONGEST_PAUSE;
      }
    }
  }

  static JsonNode read(Request request, Response response) throws IOException, AgentException {
    return Json.read(readBytes(request, response, MAX_ANSWER_BYTES));
  }

  private static byte[] readBytes(Request request, Response response, long maxBytes)
      throws IOException, AgentException {
    String call = request.method() + " " + request.url().encodedPath();
    ResponseBody body = response.body();
    if (body != null && body.source().request(maxBytes + 1)) {
      String error = "more than the " + maxBytes + " bytes that an answer may have";
      throw new AgentException(
          call, response.code(), Json.object().put("code", "too-long").put("error", error));
    }
    byte[] bytes = body == null ? new byte[0] : body.bytes();
    if (!response.isSuccessful()) {
      throw new AgentException(call, response.code(), readLeniently(bytes));
    }
    return bytes;
  }

  /** An error's body may come from a proxy and be anything. */
  private static JsonNode readLeniently(byte[] bytes) {
    try {
      return Json.read(bytes);
    } catch (IOException e) {
      return Json.object();
    }
  }
}
