package dev.rlmbeam.sandbox.repl;

import static com.google.common.truth.Truth.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which tunnels go through a proxy of a machine that wants all to go there. */
final class TunnelProxiesTest {
  private static final Proxy MACHINES =
      new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.invalid", 3128));

  private final ProxySelector before = ProxySelector.getDefault();

  @BeforeEach
  void wantAll() {
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            return List.of(MACHINES);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
  }

  @AfterEach
  void restore() {
    ProxySelector.setDefault(before);
  }

  @Test
  void loopbackNeedsNone() {
    TunnelProxies proxies = new TunnelProxies();

    assertThat(proxies.select(URI.create("http://127.0.0.1:41234/")))
        .containsExactly(Proxy.NO_PROXY);
    assertThat(proxies.select(URI.create("http://localhost:41234/")))
        .containsExactly(Proxy.NO_PROXY);
    assertThat(proxies.select(URI.create("https://sandbox.invalid/"))).containsExactly(MACHINES);
  }
}
