package dev.rlmbeam.sandbox.repl;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * What the tunnels of a worker share: the HTTP connections, and the threads that carry answers and
 * long calls. Thread-safe. Whoever creates it closes it, after the connections that use it.
 */
public final class TunnelHttp implements AutoCloseable {
  private final TunnelOptions options;
  private final ExecutorService executor;
  private final ConnectionPool connections = new ConnectionPool(256, 1, TimeUnit.MINUTES);
  private final OkHttpClient client;
  private final HeapShare queries = HeapShare.ofThisProcess();

  public TunnelHttp(TunnelOptions options) {
    this.options = options;
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads =
        task -> {
          Thread thread = new Thread(task, "tunnel-call-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    executor = Executors.newCachedThreadPool(threads);
    Dispatcher dispatcher = new Dispatcher(executor);
    // The limits are meant for strangers' servers; here each host is one agent of ours, and a
    // session that waits for a slot here would wait for its neighbours' uploads.
    dispatcher.setMaxRequests(4096);
    dispatcher.setMaxRequestsPerHost(4096);
    client =
        new OkHttpClient.Builder()
            .socketFactory(new NoDelaySocketFactory())
            .proxySelector(new TunnelProxies())
            .dispatcher(dispatcher)
            .connectionPool(connections)
            .followRedirects(false)
            .followSslRedirects(false)
            .connectTimeout(options.connectTimeout())
            .readTimeout(options.callTimeout())
            .writeTimeout(options.callTimeout())
            .callTimeout(options.callTimeout())
            .build();
  }

  TunnelOptions options() {
    return options;
  }

  OkHttpClient client() {
    return client;
  }

  /** What queries that nobody has answered yet may hold, those of all sandboxes together. */
  HeapShare queries() {
    return queries;
  }

  ExecutorService executor() {
    return executor;
  }

  /** Cancels what is under way and ends the threads. Idempotent; returns within a few seconds. */
  @Override
  public void close() {
    client.dispatcher().cancelAll();
    executor.shutdownNow();
    try {
      executor.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.evictAll();
  }
}
