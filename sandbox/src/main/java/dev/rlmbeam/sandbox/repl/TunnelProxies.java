package dev.rlmbeam.sandbox.repl;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The machine's proxies for tunnels that lead away from it, and none for those on its loopback
 * interface: with {@code http.nonProxyHosts} set to something of one's own those, too, would go to
 * the proxy, with their tokens. Thread-safe.
 */
final class TunnelProxies extends ProxySelector {

  @Override
  public List<Proxy> select(URI uri) {
    String host = uri.getHost();
    boolean loopback =
        host != null
            && (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]"));
    return loopback
        ? List.of(Proxy.NO_PROXY)
        : machine().map(selector -> selector.select(uri)).orElse(List.of(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    machine().ifPresent(selector -> selector.connectFailed(uri, address, failure));
  }

  private static Optional<ProxySelector> machine() {
    return Optional.ofNullable(ProxySelector.getDefault());
  }
}
