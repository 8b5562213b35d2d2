package dev.rlmbeam.sandbox;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CloudSpecTest {

  private static Arguments wrong(UnaryOperator<CloudSpec.Builder> change, String words) {
    return Arguments.of(change, words);
  }

  static Stream<Arguments> outOfRange() {
    return Stream.of(
        wrong(b -> b.app("a b"), "app must be"),
        wrong(b -> b.app("ap-0123456789012345678901"), "not look like an id"),
        wrong(b -> b.app(""), "app must be"),
        wrong(b -> b.cpu(0.1), "cpu must be"),
        wrong(b -> b.cpu(Double.NaN), "cpu must be"),
        wrong(b -> b.cpu(4).cpuLimit(2), "cpuLimit"),
        wrong(b -> b.memoryMib(64), "memoryMib"),
        wrong(b -> b.memoryMib(512).memoryLimitMib(256), "memoryLimitMib"),
        wrong(b -> b.gpu("A100:0"), "gpu must be"),
        wrong(b -> b.regions(List.of("US East")), "no region"),
        wrong(b -> b.idleTimeout(Duration.ofMillis(1500)), "idleTimeout"),
        wrong(b -> b.idleTimeout(Duration.ofDays(2)), "idleTimeout"),
        wrong(b -> b.workdir("x"), "workdir"),
        wrong(b -> b.secrets(List.of("a/b")), "no name of a secret"),
        wrong(b -> b.allowedCidrs(List.of("10.0.0.0")), "no range"),
        wrong(b -> b.allowedCidrs(List.of("10.0.0.0/33")), "prefix"),
        wrong(b -> b.inboundCidrs(List.of("10.0.0.256/8")), "no range"),
        wrong(b -> b.allowedDomains(List.of("https://x.y")), "no domain"),
        wrong(b -> b.proxy("a b"), "no name of a proxy"));
  }

  @ParameterizedTest
  @MethodSource("outOfRange")
  void whatIsOutOfRangeIsNamed(UnaryOperator<CloudSpec.Builder> change, String words) {
    CloudSpec.Builder builder = change.apply(CloudSpec.defaults().toBuilder());

    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);

    assertThat(e).hasMessageThat().contains(words);
  }

  @Test
  void gpusAreNamedAsModalNamesThem() {
    assertThat(CloudSpec.defaults().toBuilder().gpu("a100-80gb:2").build().gpuTypeAndCount())
        .hasValue(Map.entry("A100-80GB", 2));
    assertThat(CloudSpec.defaults().gpuTypeAndCount()).isEmpty();
  }

  @Test
  void itTravelsToWorkersWhole() throws Exception {
    CloudSpec spec =
        CloudSpec.defaults().toBuilder()
            .image(SandboxImage.defaultImage().runCommands("true"))
            .allowedCidrs(List.of("10.0.0.0/8", "fd00::/8"))
            .allowedDomains(List.of("*.example.com"))
            .tags(Map.of("run", "1"))
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(SandboxSpec.defaults().withCloud(spec));
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(((SandboxSpec) in.readObject()).cloud()).isEqualTo(spec);
    }
  }
}
