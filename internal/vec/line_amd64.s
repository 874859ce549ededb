//go:build !noasm

#include "textflag.h"

// pointsGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// Constants, float32 unless the name says otherwise.
DATA consts<>+0(SB)/4, $0x3f000000  // ½
DATA consts<>+4(SB)/4, $0x3f800000  // 1
DATA consts<>+8(SB)/4, $0x33800000  // 2⁻²⁴
DATA consts<>+12(SB)/4, $0x004afb0d  // 0x3f800000 − sqrtHalfBits, integer
DATA consts<>+16(SB)/4, $0x3f3504f3  // sqrtHalfBits, integer
DATA consts<>+20(SB)/4, $0x007fffff  // fraction of a float32, integer
DATA consts<>+24(SB)/4, $0x3f317218  // ln 2
DATA consts<>+28(SB)/4, $0x3eaaab5b  // logQ0
DATA consts<>+32(SB)/4, $0xbe80024a  // logQ1
DATA consts<>+36(SB)/4, $0x3e4c7218  // logQ2
DATA consts<>+40(SB)/4, $0xbe29a1d1  // logQ3
DATA consts<>+44(SB)/4, $0x3e185711  // logQ4
DATA consts<>+48(SB)/4, $0xbe12f231  // logQ5
DATA consts<>+52(SB)/4, $0x3db6a34a  // logQ6
DATA consts<>+56(SB)/4, $1           // integer
DATA consts<>+60(SB)/4, $127         // integer
GLOBL consts<>(SB), RODATA|NOPTR, $64

// 64-bit constants of the mixing function. The counters of 8 points are distributed
// over two registers in such a way that interleaving halves of both puts the points
// in order.
DATA  mixing<>+0(SB)/8, $0x9e3779b97f4a7c15  // γ
DATA  mixing<>+8(SB)/8, $0x3c6ef372fe94f82a  // 2γ
DATA  mixing<>+16(SB)/8, $0x1715609f7c746c69 // 5γ
DATA  mixing<>+24(SB)/8, $0xb54cda58fbbee87e // 6γ
DATA  mixing<>+32(SB)/8, $0xdaa66d2c7ddf743f // 3γ
DATA  mixing<>+40(SB)/8, $0x78dde6e5fd29f054 // 4γ
DATA  mixing<>+48(SB)/8, $0x538454127b096493 // 7γ
DATA  mixing<>+56(SB)/8, $0xf1bbcdcbfa53e0a8 // 8γ
DATA  mixing<>+64(SB)/8, $0x1ce4e5b91ce4e5b9 // low half of mix1, twice
DATA  mixing<>+72(SB)/8, $0xbf58476dbf58476d // high half of mix1
DATA  mixing<>+80(SB)/8, $0x133111eb133111eb // low half of mix2
DATA  mixing<>+88(SB)/8, $0x94d049bb94d049bb // high half of mix2
GLOBL mixing<>(SB), RODATA|NOPTR, $96

// MIX mixes the four counters in Z; T1 and T2 are scratch. M1L … M2H hold the
// halves of the factors. A 64-bit product of halves is
// lo·lo + (hi·lo + lo·hi)·2³².
#define MIX(Z, T1, T2, M1L, M1H, M2L, M2H) \
	VPSRLQ   $30, Z, T1    \
	VPXOR    T1, Z, Z      \
	VPSRLQ   $32, Z, T1    \
	VPMULUDQ M1L, T1, T1   \
	VPMULUDQ M1H, Z, T2    \
	VPMULUDQ M1L, Z, Z     \
	VPADDQ   T2, T1, T1    \
	VPSLLQ   $32, T1, T1   \
	VPADDQ   T1, Z, Z      \
	VPSRLQ   $27, Z, T1    \
	VPXOR    T1, Z, Z      \
	VPSRLQ   $32, Z, T1    \
	VPMULUDQ M2L, T1, T1   \
	VPMULUDQ M2H, Z, T2    \
	VPMULUDQ M2L, Z, Z     \
	VPADDQ   T2, T1, T1    \
	VPSLLQ   $32, T1, T1   \
	VPADDQ   T1, Z, Z      \
	VPSRLQ   $31, Z, T1    \
	VPXOR    T1, Z, Z

// CONST broadcasts one of consts.
#define CONST(OFFSET, Y) VBROADCASTSS consts<>+OFFSET(SB), Y

// func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64)
TEXT ·pointsAVX2(SB), NOSPLIT, $0-64
	MOVQ l+0(FP), AX
	MOVQ cells_base+8(FP), DI
	MOVQ cells_len+16(FP), CX
	MOVQ marks_base+32(FP), SI
	MOVQ 0(AX), R8
	VMOVQ R8, X13                // fraction
	VBROADCASTSS 8(AX), Y14      // limit
	VBROADCASTSS 12(AX), Y15     // scale
	VPBROADCASTQ key+56(FP), Y12 // counter before the group
	VPBROADCASTQ mixing<>+64(SB), Y8
	VPBROADCASTQ mixing<>+72(SB), Y9
	VPBROADCASTQ mixing<>+80(SB), Y10
	VPBROADCASTQ mixing<>+88(SB), Y11
	VPXOR Y7, Y7, Y7             // position before the group
	VCVTPS2DQ Y14, Y6            // end
	XORQ  DX, DX
points:
	CMPQ DX, CX
	JGE  pointsDone

	VPADDQ mixing<>+0(SB), Y12, Y0
	VPADDQ mixing<>+32(SB), Y12, Y1
	MIX(Y0, Y2, Y3, Y8, Y9, Y10, Y11)
	MIX(Y1, Y4, Y5, Y8, Y9, Y10, Y11)
	VPBROADCASTQ mixing<>+56(SB), Y2
	VPADDQ  Y2, Y12, Y12
	VSHUFPS $0x88, Y1, Y0, Y2    // lower halves: marks
	VMOVDQU Y2, (SI)(DX*4)
	VSHUFPS $0xdd, Y1, Y0, Y0    // upper halves

	// ln u
	VPSRLD  $9, Y0, Y0
	VPADDD  Y0, Y0, Y0
	CONST(56, Y1)
	VPADDD  Y1, Y0, Y0
	VCVTDQ2PS Y0, Y0
	CONST(8, Y1)
	VMULPS  Y1, Y0, Y0           // u
	CONST(12, Y1)
	VPADDD  Y1, Y0, Y0           // x
	VPSRLD  $23, Y0, Y1
	CONST(60, Y2)
	VPSUBD  Y2, Y1, Y1
	VCVTDQ2PS Y1, Y1             // e
	CONST(20, Y2)
	VPAND   Y2, Y0, Y0
	CONST(16, Y2)
	VPADDD  Y2, Y0, Y0
	CONST(4, Y2)
	VSUBPS  Y2, Y0, Y0           // f
	CONST(24, Y2)
	VMULPS  Y2, Y1, Y1           // e ln 2
	VMULPS  Y0, Y0, Y2           // f²
	CONST(52, Y3)
	VMULPS  Y2, Y3, Y3           // f² Q6
	CONST(48, Y4)
	VMULPS  Y0, Y4, Y4
	CONST(44, Y5)
	VADDPS  Y5, Y4, Y4           // Q4 + f Q5
	VADDPS  Y3, Y4, Y4
	VMULPS  Y2, Y2, Y3           // f⁴
	VMULPS  Y3, Y4, Y4           // the upper three terms
	CONST(40, Y3)
	VMULPS  Y0, Y3, Y3
	CONST(36, Y5)
	VADDPS  Y5, Y3, Y3           // Q2 + f Q3
	VMULPS  Y2, Y3, Y3
	VADDPS  Y3, Y4, Y4
	CONST(32, Y3)
	VMULPS  Y0, Y3, Y3
	CONST(28, Y5)
	VADDPS  Y5, Y3, Y3           // Q0 + f Q1
	VADDPS  Y3, Y4, Y4           // Q(f)
	VMULPS  Y0, Y2, Y3           // f³
	VMULPS  Y3, Y4, Y4
	CONST(0, Y5)
	VMULPS  Y5, Y2, Y2
	VSUBPS  Y2, Y0, Y0           // f − f²/2
	VADDPS  Y0, Y1, Y1
	VADDPS  Y4, Y1, Y1

	// gaps and their running sum
	VMULPS  Y15, Y1, Y1
	VMINPS  Y1, Y14, Y1          // limit < gap ? limit : gap
	VCVTPS2DQ Y1, Y0
	VPSLLDQ $4, Y0, Y1
	VPADDD  Y1, Y0, Y0
	VPSLLDQ $8, Y0, Y1
	VPADDD  Y1, Y0, Y0           // sums within each half
	VPSHUFD $0xff, Y0, Y1
	VPERM2I128 $0x08, Y1, Y1, Y1 // zero, sum of the lower half
	VPADDD  Y1, Y0, Y0
	VPADDD  Y7, Y0, Y0           // positions
	VPSHUFD $0xff, Y0, Y7
	VPERM2I128 $0x11, Y7, Y7, Y7 // the last position, eight times
	VPMINUD Y6, Y7, Y7           // not beyond the end, where it would overflow
	VPSRLD  X13, Y0, Y0
	VMOVDQU Y0, (DI)(DX*4)
	ADDQ    $8, DX
	JMP     points
pointsDone:
	VZEROUPPER
	RET

// Constants of 16 points: the counters of points 0, 2, …, 14; those of points 1, 3, …,
// 15 are larger by γ.
DATA  counters<>+0(SB)/8, $0x9e3779b97f4a7c15  // γ
DATA  counters<>+8(SB)/8, $0xdaa66d2c7ddf743f // 3γ
DATA  counters<>+16(SB)/8, $0x1715609f7c746c69 // 5γ
DATA  counters<>+24(SB)/8, $0x538454127b096493 // 7γ
DATA  counters<>+32(SB)/8, $0x8ff34785799e5cbd // 9γ
DATA  counters<>+40(SB)/8, $0xcc623af8783354e7 // 11γ
DATA  counters<>+48(SB)/8, $0x08d12e6b76c84d11 // 13γ
DATA  counters<>+56(SB)/8, $0x454021de755d453b // 15γ
DATA  counters<>+64(SB)/8, $0xe3779b97f4a7c150 // 16γ
DATA  counters<>+72(SB)/8, $0xbf58476d1ce4e5b9 // mix1
DATA  counters<>+80(SB)/8, $0x94d049bb133111eb // mix2
GLOBL counters<>(SB), RODATA|NOPTR, $88

// func pointsAVX512(l *Line, cells []int32, marks []uint32, key uint64)
//
// It works like pointsAVX2, with 16 points at a time and a single instruction for a
// product of 64 bits.
TEXT ·pointsAVX512(SB), NOSPLIT, $0-64
	MOVQ l+0(FP), AX
	MOVQ cells_base+8(FP), DI
	MOVQ cells_len+16(FP), CX
	MOVQ marks_base+32(FP), SI
	MOVQ 0(AX), R8
	VMOVQ R8, X13                // fraction
	VBROADCASTSS 8(AX), Z14      // limit
	VBROADCASTSS 12(AX), Z15     // scale
	VPBROADCASTQ key+56(FP), Z12
	VPADDQ       counters<>+0(SB), Z12, Z12 // counters of points 0, 2, …
	VPBROADCASTQ counters<>+0(SB), Z11      // γ
	VPBROADCASTQ counters<>+64(SB), Z10     // 16γ
	VPBROADCASTQ counters<>+72(SB), Z9      // mix1
	VPBROADCASTQ counters<>+80(SB), Z8      // mix2
	VPXORQ    Z7, Z7, Z7         // position before the group
	VPXORQ    Z5, Z5, Z5         // zero
	VCVTPS2DQ Z14, Z6            // end
	MOVL   $15, R9
	VPBROADCASTD R9, Z16         // index of the last point
	MOVL   $0xaaaa, R9
	KMOVW  R9, K1                // points 1, 3, …
	CONST(56, Z17)
	CONST(8, Z18)
	CONST(12, Z19)
	CONST(60, Z20)
	CONST(20, Z21)
	CONST(16, Z22)
	CONST(4, Z23)
	CONST(24, Z24)
	CONST(52, Z25)
	CONST(48, Z26)
	CONST(44, Z27)
	CONST(40, Z28)
	CONST(36, Z29)
	CONST(32, Z30)
	CONST(28, Z31)
	XORQ DX, DX
points512:
	CMPQ DX, CX
	JGE  pointsDone512

	VPADDQ  Z11, Z12, Z1
	VPSRLQ  $30, Z12, Z0
	VPXORQ  Z12, Z0, Z0
	VPADDQ  Z10, Z12, Z12
	VPSRLQ  $30, Z1, Z2
	VPXORQ  Z2, Z1, Z1
	VPMULLQ Z9, Z0, Z0
	VPMULLQ Z9, Z1, Z1
	VPSRLQ  $27, Z0, Z2
	VPSRLQ  $27, Z1, Z3
	VPXORQ  Z2, Z0, Z0
	VPXORQ  Z3, Z1, Z1
	VPMULLQ Z8, Z0, Z0
	VPMULLQ Z8, Z1, Z1
	VPSRLQ  $31, Z0, Z2
	VPSRLQ  $31, Z1, Z3
	VPXORQ  Z2, Z0, Z0
	VPXORQ  Z3, Z1, Z1
	VPSLLQ  $32, Z1, Z2
	VPSRLQ  $32, Z0, Z3
	VMOVDQA32 Z2, K1, Z0         // lower halves: marks
	VMOVDQU32 Z0, (SI)(DX*4)
	VMOVDQA32 Z1, K1, Z3         // upper halves

	// ln u
	VPSRLD  $9, Z3, Z0
	VPADDD  Z0, Z0, Z0
	VPADDD  Z17, Z0, Z0
	VCVTDQ2PS Z0, Z0
	VMULPS  Z18, Z0, Z0          // u
	VPADDD  Z19, Z0, Z0          // x
	VPSRLD  $23, Z0, Z1
	VPSUBD  Z20, Z1, Z1
	VCVTDQ2PS Z1, Z1             // e
	VPANDD  Z21, Z0, Z0
	VPADDD  Z22, Z0, Z0
	VSUBPS  Z23, Z0, Z0          // f
	VMULPS  Z24, Z1, Z1          // e ln 2
	VMULPS  Z0, Z0, Z2           // f²
	VMULPS  Z2, Z25, Z3          // f² Q6
	VMULPS  Z0, Z26, Z4
	VADDPS  Z27, Z4, Z4          // Q4 + f Q5
	VADDPS  Z3, Z4, Z4
	VMULPS  Z2, Z2, Z3           // f⁴
	VMULPS  Z3, Z4, Z4           // the upper three terms
	VMULPS  Z0, Z28, Z3
	VADDPS  Z29, Z3, Z3          // Q2 + f Q3
	VMULPS  Z2, Z3, Z3
	VADDPS  Z3, Z4, Z4
	VMULPS  Z0, Z30, Z3
	VADDPS  Z31, Z3, Z3          // Q0 + f Q1
	VADDPS  Z3, Z4, Z4           // Q(f)
	VMULPS  Z0, Z2, Z3           // f³
	VMULPS  Z3, Z4, Z4
	VMULPS.BCST consts<>+0(SB), Z2, Z2
	VSUBPS  Z2, Z0, Z0           // f − f²/2
	VADDPS  Z0, Z1, Z1
	VADDPS  Z4, Z1, Z1

	// gaps and their running sum
	VMULPS  Z15, Z1, Z1
	VMINPS  Z1, Z14, Z1
	VCVTPS2DQ Z1, Z0
	VPSLLDQ $4, Z0, Z1
	VPADDD  Z1, Z0, Z0
	VPSLLDQ $8, Z0, Z1
	VPADDD  Z1, Z0, Z0           // sums within each quarter
	VPSHUFD $0xff, Z0, Z1
	VALIGND $12, Z5, Z1, Z1      // sums of the quarter before
	VALIGND $12, Z5, Z1, Z2
	VPADDD  Z2, Z1, Z1           // of the two before
	VALIGND $8, Z5, Z1, Z2
	VPADDD  Z2, Z1, Z1           // of all before
	VPADDD  Z1, Z0, Z0
	VPADDD  Z7, Z0, Z0           // positions
	VPERMD  Z0, Z16, Z7          // the last, everywhere
	VPMINUD Z6, Z7, Z7
	VPSRLD  X13, Z0, Z0
	VMOVDQU32 Z0, (DI)(DX*4)
	ADDQ    $16, DX
	JMP     points512
pointsDone512:
	VZEROUPPER
	RET
