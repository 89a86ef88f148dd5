// SPDX-License-Identifier: Apache-2.0
// Slow.java - a service that takes long to start: a JVM compiles it first. It answers
// as slow.py does
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.UUID;

public class Slow {
    static int primes(int below) {
        var composite = new boolean[below];
        int count = 0;
        for (int i = 2; i < below; i++) {
            if (composite[i])
                continue;
            count++;
            for (long k = (long) i * i; k < below; k += i)
                composite[(int) k] = true;
        }
        return count;
    }

    public static void main(String[] args) throws IOException {
        var nonce = UUID.randomUUID();
        int primes = primes(1_000_000);
        long pid = ProcessHandle.current().pid();
        long asked = 0;
        try (var service = new DatagramSocket(7020, InetAddress.getByName("127.0.0.1"))) {
            for (;;) {
                var question = new DatagramPacket(new byte[64], 64);
                service.receive(question);
                asked++;
                byte[] answer = ("nonce=" + nonce + "\npid=" + pid + "\nprimes=" + primes
                                 + "\nasked=" + asked + "\n").getBytes();
                service.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            }
        }
    }
}
