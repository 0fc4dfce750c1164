package dev.skiffmesh.server.delivery;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.skiffmesh.api.model.EndpointSet;
import dev.skiffmesh.translator.resource.Provenance;
import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An assignment from its endpoints to its bytes, and a response onto the wire. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PackBenchmark {

  private static final String NAME = "svc-0007.bench|http";

  /** Endpoints of the assignment, and assignments of the response. */
  @Param({"10", "100"})
  public int size;

  private final ResponseMarshaller marshaller = new ResponseMarshaller(true, "skiff");
  private EndpointSet endpoints;
  private ClusterLoadAssignment message;
  private StreamResponse response;

  /** Makes what is packed. */
  @Setup
  public void prepare() throws InvalidProtocolBufferException {
    endpoints = BenchmarkMesh.endpoints(7, size);
    Resource packed = BenchmarkMesh.TRANSLATOR.assignment(NAME, endpoints);
    message = Any.parseFrom(packed.any()).unpack(ClusterLoadAssignment.class);
    BenchmarkMesh mesh = new BenchmarkMesh(size, true);
    Step step = mesh.machine.step(mesh.publish(mesh.asked(false)), new StreamEvent.Writable());
    response = step.responses().getFirst();
  }

  /** Endpoints to message to bytes to version. */
  @Benchmark
  public Object assignment() {
    return BenchmarkMesh.TRANSLATOR.assignment(NAME, endpoints);
  }

  /** Message to bytes to version: serialising and hashing alone. */
  @Benchmark
  public Object packAndHash() {
    return Resource.pack(ResourceKind.ENDPOINT, NAME, message, Provenance.NONE);
  }

  /** A response of so many clusters, as the transport drains it. */
  @Benchmark
  public long writeResponse() throws IOException {
    try (InputStream bytes = marshaller.stream(response)) {
      return bytes.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** The version of a response as a whole. */
  @Benchmark
  public Object fingerprint() {
    return Fingerprint.of(List.copyOf(response.resources()));
  }
}
