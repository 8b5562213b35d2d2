package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.Message;
import io.grpc.Metadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What an emulator was asked. Thread-safe. */
public final class EmulatorRequests {
  /** Old ones go, so that an emulator can run for long. */
  private static final int MOST = 10_000;

  private static final Set<String> RECORDED =
      Set.of(
          "AppGetOrCreate",
          "ImageGetOrCreate",
          "SecretGetOrCreate",
          "SandboxCreate",
          "SandboxCreateV2");

  @GuardedBy("this")
  private final Deque<RecordedRequest> recorded = new ArrayDeque<>();

  @GuardedBy("this")
  private final Map<String, Integer> counts = new TreeMap<>();

  @GuardedBy("this")
  private final List<String> violations = new ArrayList<>();

  EmulatorRequests() {}

  synchronized void count(String rpc) {
    counts.merge(rpc, 1, Integer::sum);
  }

  synchronized void record(String rpc, Metadata headers, Message message) {
    if (!RECORDED.contains(rpc)) {
      return;
    }
    if (recorded.size() == MOST) {
      recorded.removeFirst();
    }
    recorded.addLast(new RecordedRequest(rpc, visible(headers), message));
  }

  private static Map<String, String> visible(Metadata headers) {
    Map<String, String> visible = new TreeMap<>();
    for (String name : headers.keys()) {
      boolean secret =
          name.endsWith("-secret") || name.endsWith("-token") || name.contains("assertion");
      if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX) && !secret) {
        String value = headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        visible.put(name, String.valueOf(value));
      }
    }
    return visible;
  }

  synchronized void violation(String text) {
    if (violations.size() < MOST) {
      violations.add(text);
    }
  }

  /**
   * Those that create an app, an image, a secret or a sandbox, in their order, each attempt of a
   * call: the last 10,000.
   */
  public synchronized List<RecordedRequest> recorded() {
    return List.copyOf(recorded);
  }

  /** How often each RPC was called, refused calls too. */
  public synchronized Map<String, Integer> counts() {
    return new TreeMap<>(counts);
  }

  /** How often one was. */
  public synchronized int of(String rpc) {
    return counts.getOrDefault(rpc, 0);
  }

  /**
   * Fields that requests had and our part of Modal's service has not, such as {@code SandboxCreate:
   * modal.client.Sandbox has an unknown field 99}.
   */
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** Forgets all. */
  public synchronized void clear() {
    recorded.clear();
    counts.clear();
    violations.clear();
  }
}
