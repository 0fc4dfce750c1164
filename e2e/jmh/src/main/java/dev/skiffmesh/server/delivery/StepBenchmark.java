package dev.skiffmesh.server.delivery;

import java.util.Set;
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

/** Steps of one stream in a mesh of 1,000 services, of which the proxy sees all. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StepBenchmark {

  /** The protocol variant: true for delta, false for state of the world. */
  @Param({"true", "false"})
  public boolean delta;

  private BenchmarkMesh mesh;
  private StreamState idle;
  private StreamState changed;
  private StreamState sent;
  private StreamEvent ack;
  private StreamState begun;
  private StreamState returned;

  /** Brings streams to where the steps begin. */
  @Setup
  public void prepare() {
    mesh = new BenchmarkMesh(1000, delta);
    idle = mesh.idle();
    changed = mesh.machine.step(idle, change()).state();
    Step step = mesh.machine.step(changed, new StreamEvent.Writable());
    sent = step.state();
    ack = mesh.ack(step.responses().getFirst());
    begun = mesh.asked(false);
    returned = mesh.asked(true);
  }

  private StreamEvent change() {
    return new StreamEvent.Published(mesh.next, Set.of(mesh.changed));
  }

  /** One endpoint is another: the stream takes it in. */
  @Benchmark
  public Object endpointChangePublished() {
    return mesh.machine.step(idle, change());
  }

  /** The response that tells the proxy. */
  @Benchmark
  public Object endpointChangeSent() {
    return mesh.machine.step(changed, new StreamEvent.Writable());
  }

  /** The proxy's ACK. */
  @Benchmark
  public Object endpointChangeAcknowledged() {
    return mesh.machine.step(sent, ack);
  }

  /** A proxy without anything: all steps from its requests to the last ACK. */
  @Benchmark
  public Object coldConnect() {
    return mesh.settle(mesh.publish(mesh.asked(false)));
  }

  /** The same once the requests are taken in. */
  @Benchmark
  public Object coldConnectFromSnapshot() {
    return mesh.settle(mesh.publish(begun));
  }

  /** A proxy that has everything comes again: all steps until it is clear that nothing is sent. */
  @Benchmark
  public Object idleReconnect() {
    return mesh.settle(mesh.publish(mesh.asked(true)));
  }

  /** The same once the requests are taken in. */
  @Benchmark
  public Object idleReconnectFromSnapshot() {
    return mesh.settle(mesh.publish(returned));
  }
}
