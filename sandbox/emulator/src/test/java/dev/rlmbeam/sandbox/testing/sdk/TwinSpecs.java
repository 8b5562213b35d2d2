package dev.rlmbeam.sandbox.testing.sdk;

import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxImage;
import dev.rlmbeam.sandbox.SandboxSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sandboxes that our client asks for: the twins of those in twins.mjs, by the same names. */
final class TwinSpecs {
  private static final SandboxImage REGISTRY = SandboxImage.fromRegistry("python:3.11-slim");

  private static final SandboxSpec PLAIN = of(cloud());

  static final Map<String, SandboxSpec> OURS = new LinkedHashMap<>();

  static {
    OURS.put("plain", PLAIN);
    OURS.put("resources", of(cloud().cpu(0.5).cpuLimit(2).memoryMib(512).memoryLimitMib(2048)));
    OURS.put(
        "environment", PLAIN.withEnvironment(Map.of("TZ", "UTC", "GREETING", "good day, ünïcode")));
    OURS.put(
        "secrets",
        of(cloud().secrets(List.of("twin-one", "twin-two"))).withEnvironment(Map.of("TZ", "UTC")));
    OURS.put("tags", of(cloud().tags(Map.of("rlm-run", "7", "rlm-job", "twins", "team", "a b"))));
    OURS.put(
        "regions",
        of(cloud().regions(List.of("eu-west", "us-east"))).withTimeout(Duration.ofHours(1)));
    OURS.put("idle", of(cloud().idleTimeout(Duration.ofMinutes(2)).workdir("/tmp")));
    OURS.put(
        "outbound",
        of(
            cloud()
                .allowedCidrs(List.of("10.0.0.0/8", "2001:db8::/32"))
                .allowedDomains(List.of("pypi.org", "*.example.com"))));
    OURS.put("inbound", of(cloud().inboundCidrs(List.of("127.0.0.0/8", "::1/128"))));
    OURS.put("proxy", of(cloud().proxy("twin-proxy")));
    OURS.put(
        "gpu",
        of(cloud().gpu("a100-80gb:2").secrets(List.of("twin-one")).tags(Map.of("rlm-run", "7")))
            .withEnvironment(Map.of("TZ", "UTC")));
    OURS.put(
        "image",
        of(
            cloud()
                .image(
                    REGISTRY
                        .aptInstall("git", "curl")
                        .pipInstall("numpy<3", "dill==0.4.0")
                        .env(Map.of("B", "two words", "A", "1"))
                        .runCommands("mkdir -p /data"))));
  }

  private TwinSpecs() {}

  private static CloudSpec.Builder cloud() {
    return CloudSpec.defaults().toBuilder().image(REGISTRY);
  }

  private static SandboxSpec of(CloudSpec.Builder cloud) {
    return SandboxSpec.defaults().withCloud(cloud.build());
  }
}
