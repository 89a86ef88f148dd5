// SPDX-License-Identifier: Apache-2.0
// Sums.java - a service with its state in memory, and code that was compiled while
// it ran; see ask.sh
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.UUID;

public class Sums {
    static final String NONCE = UUID.randomUUID().toString();
    static long total;
    static long count;

    static long add(long n) {
        return total = (total * 31 + n) % 1000003;
    }

    /* Often enough for the compiler to take it up. */
    static void warm() {
        for (int i = 0; i < 200_000; i++)
            add(i);
        total = 0;
    }

    static void serve(Socket socket) {
        try (socket; var in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
             var out = new PrintStream(socket.getOutputStream(), true)) {
            socket.setTcpNoDelay(true);
            for (String line; (line = in.readLine()) != null;) {
                out.print(NONCE + " " + line + " " + add(Long.parseLong(line)) + "\n");
                out.flush();
                System.out.println("nonce=" + NONCE + " answered=" + ++count);
            }
        } catch (IOException e) {
            System.out.println(e);
        }
    }

    public static void main(String[] args) throws IOException {
        warm();
        try (var server = new ServerSocket(Integer.parseInt(args[0]))) {
            System.out.println("ready nonce=" + NONCE + " answered=0");
            for (;;) {
                var socket = server.accept();
                new Thread(() -> serve(socket)).start();
            }
        }
    }
}
